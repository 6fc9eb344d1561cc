import { hmac, sha256 } from '../vendor/noble.ts';
import { base64url, utf8 } from './bytes.ts';

/**
 * What a store keeps of a token: SHA-256 over purpose NUL token. The purpose is part of the digest, so a token of one kind
 * can never be found as another. Tokens carry 128 random bits or more, for which a plain digest is enough (ASVS 5.0, 6.5.2).
 */
export const digest = (purpose: string, token: string): string => base64url(sha256Of(`${purpose}\0${token}`));

/** SHA-256 of a text's UTF-8. */
export const sha256Of = (text: string): Uint8Array => sha256(utf8(text));

/** HMAC-SHA-256 over length-prefixed parts: `('ab', 'c')` and `('a', 'bc')` never meet. */
export const mac = (key: Uint8Array, ...parts: readonly string[]): Uint8Array =>
  hmac(sha256, key, utf8(parts.map((part) => `${part.length}:${part}`).join('')));
