import { utf8 } from './bytes.ts';
import { hasControl, isWellFormed } from './text.ts';

/** RFC 5321 §4.5.3.1: 64 octets before the at sign, 254 in all (RFC 3696 erratum 1690). */
const maxAddress = 254;
const maxLocal = 64;

const asciiDomain = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/;

// Patterns with \p stand where they are used: V8 looks up the sets that they name when it reads them, which no import should wait for.

/** The dot-atom of RFC 5322 §3.2.3, and every letter beyond ASCII (RFC 6531): no quotes, no comments, no lists, no routes. */
const isLocal = (name: string): boolean =>
  /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u.test(name);

/** What may become an ASCII domain: letters, marks, digits, hyphens and dots of any script; nothing that a URL parser gives a meaning. */
const isAnyDomain = (domain: string): boolean => /^[\p{L}\p{M}\p{N}.-]+$/u.test(domain);

/** An e-mail address in the two forms that the SDK keeps. */
export interface Address {
  /** Where mail goes: as typed, in NFC; a domain beyond ASCII is written as the one that was read. */
  readonly email: string;
  /** Canonical: NFC, lower case, ASCII domain. Two addresses are one login exactly when these bytes agree. */
  readonly loginKey: string;
}

/** `null` for what is no single, plain address. Lengths are checked before anything that costs more. */
export const parseAddress = (text: string): Address | null => {
  if (text.length > maxAddress + 16) return null;
  const email = text.trim();
  if (email.length > maxAddress || hasControl(email) || !isWellFormed(email)) return null;
  const at = email.lastIndexOf('@');
  const typedName = email.slice(0, at).normalize('NFC');
  const typedDomain = email.slice(at + 1);
  const name = typedName.toLowerCase();
  const domain = toAsciiDomain(typedDomain);
  if (at < 1 || utf8(name).length > maxLocal || !isLocal(name) || domain === null) return null;
  const loginKey = `${name}@${domain}`;
  if (loginKey.length > maxAddress) return null;
  return { email: `${typedName}@${typedDomain.toLowerCase() === domain ? typedDomain : domain}`, loginKey };
};

/** A-labels by the platform's own host parser (WHATWG URL, UTS #46). `null` for what is no host name with two labels or more. */
const toAsciiDomain = (domain: string): string | null => {
  const lower = domain.normalize('NFC').toLowerCase();
  if (lower.length > 253 || !isAnyDomain(lower)) return null;
  if (asciiDomain.test(lower) && !lower.includes('xn--')) return lower;
  try {
    const { hostname } = new URL(`https://${lower}`);
    return asciiDomain.test(hostname) ? hostname : null;
  } catch {
    return null;
  }
};
