import type { HeaderSource, RequestContext, Source } from '../api/request.ts';
import { type Refusal, refuse } from '../errors.ts';
import type { Authenticate } from '../flows/authenticate.ts';
import type { Demand, Sessions } from '../modules/sessions.ts';
import type { SignedValues } from '../modules/signed-values.ts';
import type { Subject } from '../modules/subjects.ts';
import type { Caller } from '../ports/journal.ts';
import type { Random } from '../ports/random.ts';
import { bucketOf } from '../primitives/network.ts';
import { mintId } from '../primitives/secret.ts';
import { sessionIdOf } from '../primitives/session-cookie.ts';
import { printable } from '../primitives/text.ts';
import type { ClientAddress } from './client-address.ts';
import type { CookieKind, Cookies } from './cookies.ts';
import type { Observe } from './observer.ts';

/** One request, as routes see it: read lazily, each thing once. */
export interface Exchange {
  readonly requestId: string;
  readonly caller: Caller;
  /** The id of the session that the request's cookie speaks of, alive or not. */
  readonly presented: string | null;
  cookie(kind: CookieKind): string | null;
  /** Who is signed in, as of now. */
  subject(): Promise<Subject | null>;
  /** The same, or why that is not enough. */
  demand(demand?: Demand): Promise<{ readonly ok: true; readonly subject: Subject } | Refusal>;
  /** The value that binds a mailed link to this browser; `null` = none that we gave. */
  flow(): string | null;
}

export interface ExchangeNeeds {
  readonly cookies: Cookies;
  readonly clientAddress: ClientAddress;
  readonly authenticate: Authenticate;
  readonly signed: SignedValues;
  readonly random: Random;
  readonly sessions: Sessions;
  readonly observe: Observe;
}

export const headersOf = (source: Source): HeaderSource =>
  'headers' in source && typeof source.headers.get === 'function' ? source.headers : (source as HeaderSource);

export type OpenExchange = (source: Source, context: RequestContext) => Exchange;

export const exchanges =
  ({ cookies, clientAddress, authenticate, signed, random, sessions, observe }: ExchangeNeeds): OpenExchange =>
  (source, context) => {
    const headers = headersOf(source);
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
    observe(headers, caller);
    let known: Promise<Subject | null> | null = null;
    const subject = (): Promise<Subject | null> => {
      known ??= presented === null ? Promise.resolve(null) : authenticate(() => caller, presented, 0);
      return known;
    };
    return {
      requestId,
      caller,
      presented,
      cookie,
      subject,
      demand: async (demand = {}) => {
        const found = await subject();
        if (found === null) return refuse('unauthenticated');
        return sessions.shortfall(found.session, demand) ?? { ok: true, subject: found };
      },
      flow: () => {
        const value = cookie('flow');
        return value === null ? null : signed.read('flow', value);
      },
    };
  };
