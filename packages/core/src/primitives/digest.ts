import { hmac, sha256 } from '../vendor/noble.ts';
import { type OneShotHash, oneShotHash } from '../vendor/node-crypto.ts';
import { base64url, utf8 } from './bytes.ts';

type HashText = (text: string) => string;

const byNoble: HashText = (text) => base64url(sha256(utf8(text)));

/** NUL, two bytes of UTF-8, and half a surrogate pair: where two ways to hash a text could part. */
const probe = '\0é\ud800';

/**
 * The platform's hash, at a quarter of the price, where it is there and answers like the portable one: nodes on different
 * runtimes share a store, and each must find what another has written.
 */
export const hashBy = (platform: () => OneShotHash | undefined): HashText => {
  try {
    const hash = platform();
    if (hash?.('sha256', probe, 'base64url') === byNoble(probe)) return (text) => hash('sha256', text, 'base64url');
  } catch {
    // Some runtimes have the name, and throw when it is called.
  }
  return byNoble;
};

let known: HashText | undefined;

/** SHA-256 of a text's UTF-8, in base64url. */
export const sha256Text: HashText = (text) => {
  known ??= hashBy(oneShotHash);
  return known(text);
};

/**
 * What a store keeps of a token: SHA-256 over purpose NUL token. The purpose is part of the digest, so a token of one kind
 * can never be found as another. Tokens carry 128 random bits or more, for which a plain digest is enough (ASVS 5.0, 6.5.2).
 */
export const digest = (purpose: string, token: string): string => sha256Text(`${purpose}\0${token}`);

/** HMAC-SHA-256 over length-prefixed parts: `('ab', 'c')` and `('a', 'bc')` never meet. */
export const mac = (key: Uint8Array, ...parts: readonly string[]): Uint8Array =>
  hmac(sha256, key, utf8(parts.map((part) => `${part.length}:${part}`).join('')));
