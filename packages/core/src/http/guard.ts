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
import { noteRefusal } from './access.ts';
import type { Bearer } from './bearer.ts';
import type { Cookies } from './cookies.ts';
import { headersOf, type OpenExchange } from './exchange.ts';
import { failure } from './failure.ts';
import type { OriginRules } from './origin.ts';
import { authProblem } from './problem.ts';
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
  /** `null` = no feature issues tokens. */
  readonly bearer: Bearer | null;
}

/** What guards the application's own routes. Pure reads: nothing is set, nothing has to be sent back. */
export interface Guard {
  authenticate(source: Source, context: RequestContext): Promise<Identity<unknown> | null>;
  require(source: Source, need: Requirement, context: RequestContext): Promise<Identity<unknown>>;
  csrf(request: CsrfRequest, token: string | null, context: RequestContext): Promise<void>;
  csrfToken(source: Source): Promise<string>;
}

export const guard = (needs: GuardNeeds): Guard => {
  const { bearer, cookies, sessions, signed, rules, random } = needs;
  const presentedBy = (headers: HeaderSource): string | null => {
    const cookie = cookies.read(headers.get('cookie'), 'session');
    return cookie === null ? null : sessionIdOf(cookie);
  };
  /** One step, and the judgement within it: every promise between a request and its session is paid for by every request. */
  const judged = async <T>(
    source: Source,
    context: RequestContext,
    exact: boolean,
    judge: (asked: Found) => T,
  ): Promise<T> => {
    const lagMs = exact ? 0 : needs.lagMs;
    let asked: Found;
    try {
      const headers = headersOf(source);
      const token = bearer?.tokenOf(headers) ?? null;
      if (bearer && token !== null) asked = await bearer.authenticate(token, exact ? 'live' : lagMs);
      else {
        const sessionId = presentedBy(headers);
        const subject =
          sessionId === null
            ? null
            : await needs.authenticate(() => needs.open(source, context).caller, sessionId, lagMs);
        asked = subject === null ? anonymous : { ok: true, subject };
      }
    } catch (error) {
      throw failure(needs.journal, needs.open(source, context).caller, error);
    }
    return judge(asked);
  };
  const problem = (refusal: Refusal): Error => authProblem(refusal, `req_${mintId(random)}`);
  const refused = (source: Source, context: RequestContext, refusal: Refusal, userId?: string): Error => {
    const { caller } = needs.open(source, context);
    noteRefusal(needs.journal, caller, refusal, userId);
    return authProblem(refusal, caller.requestId);
  };
  return {
    authenticate: (source, context) => judged(source, context, false, (asked) => (asked.ok ? identityOf(asked) : null)),
    require: (source, need, context) =>
      judged(source, context, need.live === true || need.fresh !== undefined, (asked) => {
        if (!asked.ok) throw problem(asked);
        const shortfall = sessions.shortfall(asked.subject.session, need);
        if (shortfall === null) return identityOf(asked);
        throw refused(source, context, shortfall, asked.subject.user.id);
      }),
    csrf: async (request, token, context) => {
      if (rules.allows(request)) return;
      // No page of another site can add the header, and no cookie is read beside it.
      if ((bearer?.tokenOf(request.headers) ?? null) !== null) return;
      const sessionId = presentedBy(request.headers);
      const given = token ?? request.headers.get('x-csrf-token');
      const proves = given !== null && sessionId !== null && signed.read('csrf', given, sessionId) !== null;
      if (proves && rules.isUndecided(request)) return;
      throw refused(request, context, refuse('csrf_rejected'));
    },
    csrfToken: (source) =>
      judged(source, {}, false, (asked) => {
        if (!asked.ok) throw problem(asked);
        return signed.sign('csrf', mintId(random), asked.subject.session.id);
      }),
  };
};

const anonymous = refuse('unauthenticated');

type Found = { readonly ok: true; readonly subject: Subject; readonly via?: Identity<unknown>['via'] } | Refusal;

const identityOf = ({ subject, via = 'cookie' }: Extract<Found, { ok: true }>): Identity<unknown> => ({
  user: publicUser(subject.user),
  session: publicSession(subject.session),
  via,
});
