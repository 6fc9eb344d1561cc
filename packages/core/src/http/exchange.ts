import type { HeaderSource, RequestContext, Source } from '../api/request.ts';
import { type Refusal, refuse } from '../errors.ts';
import type { Authenticate } from '../flows/authenticate.ts';
import type { Demand, Sessions } from '../modules/sessions.ts';
import type { SignedValues } from '../modules/signed-values.ts';
import type { Subject } from '../modules/subjects.ts';
import type { Caller, Journal } from '../ports/journal.ts';
import type { Random } from '../ports/random.ts';
import { bucketOf } from '../primitives/network.ts';
import { mintId } from '../primitives/secret.ts';
import { sessionIdOf } from '../primitives/session-cookie.ts';
import { printable } from '../primitives/text.ts';
import { noteRefusal } from './access.ts';
import type { Bearer } from './bearer.ts';
import type { ClientAddress } from './client-address.ts';
import type { CookieKind, Cookies } from './cookies.ts';
import type { Observe } from './observer.ts';

/** One request, as routes see it: read lazily, each thing once. */
export interface Exchange {
  readonly requestId: string;
  readonly caller: Caller;
  /** The id of the session that the request's cookie speaks of, alive or not. */
  readonly presented: string | null;
  /** The token of `Authorization: Bearer`, where such are taken: then the request is judged by it, and by no cookie. */
  readonly bearer: string | null;
  /** Whether a page of an origin that is not trusted says that it sends this. */
  readonly isForeign: boolean;
  /** The id of the refresh family that the request's cookie speaks of, alive or not. */
  presentedFamily(): string | null;
  cookie(kind: CookieKind): string | null;
  /** Who is signed in, as of now. */
  subject(): Promise<Subject | null>;
  /** What is wrong with the access token; `null` = nothing, or there is none. */
  flaw(): Promise<Refusal | null>;
  /** The same, or why that is not enough. */
  demand(demand?: Asked): Promise<{ readonly ok: true; readonly subject: Subject } | Refusal>;
  /** Tells the journal of a refusal, where it is one of access. */
  noteRefusal(refusal: Refusal): void;
  /** The value that binds a mailed link to this browser; `null` = none that we gave. */
  flow(): string | null;
  /** The same; without one a new one, which the answer has to set. */
  flowOrNew(): string;
  /** Where a browser that navigates goes on; `null` = a script asks. */
  readonly navigation: Navigation | null;
}

export interface Navigation {
  /** Checked already. */
  readonly returnTo: string;
  /** Where a second factor is asked for, absolute. */
  readonly secondFactor: string;
}

/** `strong`: two factors where the account has two, so that the first alone changes nothing that matters (ASVS 5.0, 7.5.1). */
export type Asked = Demand & { readonly strong?: true };

export interface ExchangeNeeds {
  readonly cookies: Cookies;
  readonly clientAddress: ClientAddress;
  readonly authenticate: Authenticate;
  readonly signed: SignedValues;
  readonly random: Random;
  readonly sessions: Sessions;
  readonly journal: Journal;
  /** `null` = no feature issues tokens. */
  readonly bearer: Bearer | null;
  readonly isTrusted: (origin: string) => boolean;
}

export const headersOf = (source: Source): HeaderSource =>
  'headers' in source && typeof source.headers.get === 'function' ? source.headers : (source as HeaderSource);

type Identified = { readonly ok: true; readonly subject: Subject } | Refusal;

export type OpenExchange = (source: Source, context: RequestContext) => Exchange;

export const exchanges =
  (needs: ExchangeNeeds, observe?: Observe): OpenExchange =>
  (source, context) => {
    const { cookies, clientAddress, authenticate, signed, random, sessions, journal, bearer: reader } = needs;
    const headers = headersOf(source);
    const bearer = reader?.tokenOf(headers) ?? null;
    const from = headers.get('origin');
    const requestId = `req_${mintId(random)}`;
    const header = headers.get('cookie');
    const cookie = (kind: CookieKind) => cookies.read(header, kind);
    const session = cookie('session');
    const presented = session === null ? null : sessionIdOf(session);
    const ip = clientAddress(headers, context.peer ?? null);
    const agent = headers.get('user-agent');
    const caller: Caller = {
      requestId,
      client: { ip: ip?.text ?? null, agent: agent === null ? null : printable(agent, 256) },
      address: ip === null ? null : bucketOf(ip),
      device: cookie('device'),
      ...(context.waitUntil === undefined ? {} : { waitUntil: context.waitUntil }),
    };
    observe?.(headers, caller);
    const flow = (): string | null => {
      const value = cookie('flow');
      return value === null ? null : signed.read('flow', value);
    };
    let newFlow: string | null = null;
    const identify = async (): Promise<Identified> => {
      if (reader && bearer !== null) return reader.authenticate(bearer, 'live');
      const found = presented === null ? null : await authenticate(() => caller, presented, 0);
      return found === null ? refuse('unauthenticated') : { ok: true, subject: found };
    };
    let known: Promise<Identified> | null = null;
    const identified = (): Promise<Identified> => {
      known ??= identify();
      return known;
    };
    /** Whose session the route has asked for. */
    let asker: string | null = null;
    return {
      requestId,
      caller,
      presented,
      bearer,
      isForeign: from !== null && !needs.isTrusted(from),
      presentedFamily: () => {
        const token = cookie('refresh');
        return token === null ? null : (reader?.familyOf(token) ?? null);
      },
      cookie,
      subject: async () => {
        const found = await identified();
        return found.ok ? found.subject : null;
      },
      flaw: async () => {
        const found = bearer === null ? null : await identified();
        return found === null || found.ok ? null : found;
      },
      demand: async ({ strong, ...demand } = {}) => {
        const found = await identified();
        if (!found.ok) return found;
        const { session, credential } = found.subject;
        asker = session.userId;
        const hasTwo = strong === true && credential.factors.length > 0;
        const asked: Demand = hasTwo ? { ...demand, aal: 2 } : demand;
        return sessions.shortfall(session, asked) ?? found;
      },
      noteRefusal: (refusal) => noteRefusal(journal, caller, refusal, asker),
      flow,
      flowOrNew: () => {
        newFlow ??= flow() ?? mintId(random);
        return newFlow;
      },
      navigation: null,
    };
  };
