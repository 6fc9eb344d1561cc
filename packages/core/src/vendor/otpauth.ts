/** The door to `otpauth`: the arithmetic of RFC 4226 and the `otpauth://` URI. Its HMAC is that of `@noble/hashes`, on every runtime. */
import { HOTP, Secret, TOTP } from 'otpauth/slim';

export interface Hotp {
  readonly secret: Uint8Array;
  readonly counter: number;
  readonly digits?: number;
  readonly algorithm?: 'SHA1' | 'SHA256' | 'SHA512';
}

const secretOf = (bytes: Uint8Array): Secret => new Secret({ buffer: Uint8Array.from(bytes).buffer });

/** RFC 4226 §5.3. */
export const hotp = ({ secret, counter, digits = 6, algorithm = 'SHA1' }: Hotp): string =>
  HOTP.generate({ secret: secretOf(secret), counter, digits, algorithm });

/** RFC 4648 §6, without padding: how a secret is typed in. */
export const base32 = (bytes: Uint8Array): string => secretOf(bytes).base32;

/** What authenticator apps read from a QR code: SHA-1, 6 digits, 30 seconds, which is all that many of them know. */
export const keyUri = (of: {
  readonly issuer: string;
  readonly account: string;
  readonly secret: Uint8Array;
}): string => new TOTP({ issuer: of.issuer, label: of.account, secret: secretOf(of.secret) }).toString();
