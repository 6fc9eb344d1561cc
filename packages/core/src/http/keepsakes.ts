import type { SignedValues } from '../modules/signed-values.ts';
import type { LiveSession } from '../ports/live-session.ts';
import type { Random } from '../ports/random.ts';
import { mintId } from '../primitives/secret.ts';
import { sessionCookie } from '../primitives/session-cookie.ts';
import { type Cookies, lifetimes } from './cookies.ts';
import type { Exchange } from './exchange.ts';

/** A session and what keeps it. */
interface Kept {
  readonly session: LiveSession;
  readonly secret: string;
}

/** What a browser keeps after a sign-in. */
export interface Keepsakes {
  /** The session, or the refresh token of its family; it lives in the browser as long as it can live at all, the idle deadline is ours to keep. None where the client keeps both tokens itself. */
  session(minted: Kept): readonly string[];
  /** Makes the browser forget it. */
  forget(session: LiveSession): readonly string[];
  /** That this device has signed in to this login. */
  device(loginKey: string): string;
  /** The flow value of this browser, the one it has or a new one; and the cookie that keeps it for another day. */
  flow(exchange: Exchange): { readonly value: string; readonly cookie: string };
}

interface Needs {
  readonly cookies: Cookies;
  readonly signed: SignedValues;
  readonly random: Random;
}

export const keepsakes = ({ cookies, signed, random }: Needs): Keepsakes => ({
  session: ({ secret, session }) => {
    const kind = kindOf(session);
    if (kind === null) return [];
    const value = kind === 'session' ? sessionCookie(secret) : secret;
    return [cookies.set(kind, value, session.absoluteExpiresAt - session.lastSeenAt)];
  },
  forget: (session) => {
    const kind = kindOf(session);
    return kind === null ? [] : [cookies.expire(kind)];
  },
  device: (loginKey) => cookies.set('device', signed.sign('device', mintId(random), loginKey), lifetimes.deviceMs),
  flow: (exchange) => {
    const value = exchange.flowOrNew();
    return { value, cookie: cookies.set('flow', signed.sign('flow', value), lifetimes.flowMs) };
  },
});

/** The cookie that keeps a session; `null` = none does. */
const kindOf = ({ family }: LiveSession): 'session' | 'refresh' | null => {
  if (family === undefined) return 'session';
  return family.transport === 'token' ? 'refresh' : null;
};
