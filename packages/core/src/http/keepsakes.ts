import type { Minted } from '../modules/gate.ts';
import type { SignedValues } from '../modules/signed-values.ts';
import type { Random } from '../ports/random.ts';
import { mintId } from '../primitives/secret.ts';
import { sessionCookie } from '../primitives/session-cookie.ts';
import { type Cookies, lifetimes } from './cookies.ts';
import type { Exchange } from './exchange.ts';

/** What a browser keeps after a sign-in. */
export interface Keepsakes {
  /** The session; it lives in the browser as long as it can live at all, the idle deadline is ours to keep. */
  session(minted: Minted): string;
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
  session: ({ secret, session }) =>
    cookies.set('session', sessionCookie(secret), session.absoluteExpiresAt - session.lastSeenAt),
  device: (loginKey) => cookies.set('device', signed.sign('device', mintId(random), loginKey), lifetimes.deviceMs),
  flow: (exchange) => {
    const value = exchange.flowOrNew();
    return { value, cookie: cookies.set('flow', signed.sign('flow', value), lifetimes.flowMs) };
  },
});
