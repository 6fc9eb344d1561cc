import { hmac } from '../vendor/noble.ts';
import { sha1 } from '../vendor/noble-sha1.ts';
import { hotp } from '../vendor/otpauth.ts';
import { equalBytes, utf8 } from './bytes.ts';

/** RFC 4226 §4 R6 asks for 128 bits and recommends 160. */
export const totpSecretBytes = 20;
const leastSecretBytes = 16;

/** RFC 6238 §4.1 and §5.2. */
const stepMs = 30_000;

/** One step to either side, for clocks and typing (RFC 6238 §5.2). */
const drift = [-1, 0, 1] as const;

/** The code of one step: six digits by HMAC-SHA-1, which is what authenticator apps know. */
export const totpCode = (secret: Uint8Array, step: number): string =>
  hotp({ secret, counter: step, digits: 6, hmac: (key, message) => hmac(sha1, key, message) });

/** Six ASCII digits and nothing else: no other script, no sign, no space. */
export const isTotpCode = (text: string): boolean => /^[0-9]{6}$/.test(text);

export interface Shown {
  readonly code: string;
  /** The server's; no client has a say (ASVS 5.0, 6.5.8). */
  readonly now: number;
  /** The last step that was accepted: it and all before it are used up (RFC 6238 §5.2). */
  readonly after: number;
}

/** The latest step that the code is right for; `null` = none that is left. Looks at every step, whichever matches. */
export const totpStep = (secret: Uint8Array, { code, now, after }: Shown): number | null => {
  if (secret.length < leastSecretBytes) throw new RangeError('a TOTP secret has 16 bytes or more');
  const current = Math.floor(now / stepMs);
  const shown = utf8(code);
  return drift
    .map((offset) => current + offset)
    .filter((step) => equalBytes(utf8(totpCode(secret, step)), shown) && step > after)
    .reduce<number | null>((latest, step) => (latest === null || step > latest ? step : latest), null);
};
