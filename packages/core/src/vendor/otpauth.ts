/**
 * The door to `otpauth`: the arithmetic of RFC 4226 and the `otpauth://` URI. Its bare build brings no hash of its own, and so
 * adds none to a bundle.
 */
import { HOTP, Secret, TOTP } from 'otpauth/bare';

export interface Hotp {
  readonly secret: Uint8Array;
  readonly counter: number;
  readonly digits: number;
  readonly hmac: (key: Uint8Array, message: Uint8Array) => Uint8Array;
}

const secretOf = (bytes: Uint8Array): Secret => new Secret({ buffer: Uint8Array.from(bytes).buffer });

/** RFC 4226 §5.3. */
export const hotp = ({ secret, counter, digits, hmac }: Hotp): string =>
  HOTP.generate({ secret: secretOf(secret), counter, digits, hmac: (_algorithm, key, message) => hmac(key, message) });

/** RFC 4648 §6, without padding: how a secret is typed in. */
export const base32 = (bytes: Uint8Array): string => secretOf(bytes).base32;

interface Account {
  readonly issuer: string;
  readonly account: string;
  readonly secret: Uint8Array;
}

/** What authenticator apps read from a QR code: SHA-1, 6 digits, 30 seconds, which is all that many of them know. */
export const keyUri = ({ issuer, account, secret }: Account): string =>
  new TOTP({ issuer, label: account, secret: secretOf(secret) }).toString();
