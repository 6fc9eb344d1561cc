import type { Identity } from '../api/auth.ts';
import type { CsrfRequest, HeaderSource, RequestContext, Requirement, Source } from '../api/request.ts';
import { type Refusal, refuse } from '../errors.ts';
import type { Authenticate } from '../flows/authenticate.ts';
import type { Sessions } from '../modules/sessions.ts';
import type { SignedValues } from '../modules/signed-values.ts';
import type { Subject } from '../modules/subjects.ts';
import type { Journal } from '../ports/journal.ts';
import type { Random } from '../ports/random.ts';
import { mintId } from '../primitives/secret.ts';
import { sessionIdOf } from '../primitives/session-cookie.ts';
import type { Cookies } from './cookies.ts';
import { headersOf, type OpenExchange } from './exchange.ts';
import type { OriginRules } from './origin.ts';
import { authProblem, refusalOfThrown } from './problem.ts';
import { traceOf } from './trace.ts';
import { publicSession, publicUser } from './view.ts';

export interface GuardNeeds {
  readonly cookies: Cookies;
  readonly authenticate: Authenticate;
  readonly sessions: Sessions;
  readonly signed: SignedValues;
  readonly rules: OriginRules;
  readonly open: OpenExchange;
  readonly random: Random;
  readonly journal: Journal;
  /** `session.revocationLag`. */
  readonly lagMs: number;
}

/** What guards the application's own routes. Pure reads: nothing is set, nothing has to be sent back. */
export interface Guard {
  authenticate(source: Source, context: RequestContext): Promise<Identity<unknown> | null>;
  require(source: Source, need: Requirement, context: RequestContext): Promise<Identity<unknown>>;
  csrf(request: CsrfRequest, token: string | null): Promise<void>;
  csrfToken(source: Source): Promise<string>;
}

export const guard = (needs: GuardNeeds): Guard => {
  const { cookies, sessions, signed, rules, random } = needs;
  const presentedBy = (headers: HeaderSource): string | null => {
    const cookie = cookies.read(headers.get('cookie'), 'session');
    return cookie === null ? null : sessionIdOf(cookie);
  };
  const subjectOf = async (source: Source, context: RequestContext, lagMs: number): Promise<Subject | null> => {
    const sessionId = presentedBy(headersOf(source));
    if (sessionId === null) return null;
    try {
      return await needs.authenticate(() => needs.open(source, context).caller, sessionId, lagMs);
    } catch (error) {
      const { caller } = needs.open(source, context);
      const refusal = refusalOfThrown(error);
      needs.journal.note(caller, 'request.failed', { code: refusal.reason, data: traceOf(error) });
      throw authProblem(refusal, caller.requestId);
    }
  };
  const problem = (refusal: Refusal): Error => authProblem(refusal, `req_${mintId(random)}`);
  return {
    authenticate: async (source, context) => {
      const subject = await subjectOf(source, context, needs.lagMs);
      return subject === null ? null : identityOf(subject);
    },
    require: async (source, need, context) => {
      const isExact = need.live === true || need.fresh !== undefined;
      const subject = await subjectOf(source, context, isExact ? 0 : needs.lagMs);
      if (subject === null) throw problem(refuse('unauthenticated'));
      const shortfall = sessions.shortfall(subject.session, need);
      if (shortfall !== null) throw problem(shortfall);
      return identityOf(subject);
    },
    csrf: async (request, token) => {
      if (rules.allows(request)) return;
      const sessionId = presentedBy(request.headers);
      const given = token ?? request.headers.get('x-csrf-token');
      const proves = given !== null && sessionId !== null && signed.read('csrf', given, sessionId) !== null;
      if (!proves || !rules.isUndecided(request)) throw problem(refuse('csrf_rejected'));
    },
    csrfToken: async (source) => {
      const subject = await subjectOf(source, {}, needs.lagMs);
      if (subject === null) throw problem(refuse('unauthenticated'));
      return signed.sign('csrf', mintId(random), subject.session.id);
    },
  };
};

const identityOf = (subject: Subject): Identity<unknown> => ({
  user: publicUser(subject.user),
  session: publicSession(subject.session),
  via: 'cookie',
});
