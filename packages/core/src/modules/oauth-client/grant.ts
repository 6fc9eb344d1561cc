import type { Millis } from '../../ports/json.ts';
import type { ProviderGrant } from '../../ports/provider-grant.ts';
import { days, minutes } from '../../primitives/time.ts';
import { ProviderFault } from './fault.ts';

/** A token answer, as far as the library has looked at it. */
interface Answer {
  readonly access_token: string;
  readonly token_type: string;
  readonly expires_in?: number | undefined;
  readonly refresh_token?: string | undefined;
  readonly scope?: string | undefined;
}

interface Asked {
  /** What the grant covers where the answer does not say (RFC 6749 §5.1, §6). */
  readonly scope: string;
  /** Before the request left: a lifetime that is counted from here ends no later than the provider's. */
  readonly at: Millis;
}

/** Room for tokens with the groups of a large directory in them; the record of an account stays a small one. */
const maxToken = 16_384;
const maxScope = 4_096;
/** Longer promises are of no use, and no instant may leave the range of exact numbers. */
const maxLife = days(400);
const margin = minutes(1);

/** Throws `ProviderFault` for what may not be kept: too large, not printable (RFC 6749 A.12, A.17), or not a bearer token. */
export const grantOf = (answer: Answer, { scope: asked, at }: Asked): ProviderGrant => {
  const { access_token: accessToken, refresh_token: refreshToken = null, scope = asked } = answer;
  // The library lets `dpop` pass, too: a token that is bound to a key which nobody has.
  if (answer.token_type !== 'bearer') throw new ProviderFault('token', 'token_type');
  if (![accessToken, refreshToken ?? 'none'].every((token) => token !== '' && isPrintable(token, maxToken)))
    throw new ProviderFault('token', 'token_form');
  if (!isPrintable(scope, maxScope)) throw new ProviderFault('token', 'scope_form');
  if (answer.expires_in === undefined) return { accessToken, refreshToken, scope, expiresAt: null, renewAt: null };
  const life = Math.min(Math.floor(answer.expires_in * 1_000), maxLife);
  // A token that lives for a minute would else be renewed at every call.
  const renewAt = at + life - Math.min(margin, Math.floor(life / 4));
  return { accessToken, refreshToken, scope, expiresAt: at + life, renewAt };
};

const isPrintable = (text: string, max: number): boolean => text.length <= max && /^[\x20-\x7e]*$/.test(text);
