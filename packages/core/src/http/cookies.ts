import { days } from '../primitives/time.ts';

export type CookieKind = 'session' | 'refresh' | 'flow' | 'device' | 'trusted';

/** RFC 6265bis §5.5: a browser keeps no cookie longer. */
const maxAgeCap = 400 * 86_400;

export interface Cookies {
  /** The value that the request carries; `null` for none, and for two, of which one may be planted. */
  read(header: string | null, kind: CookieKind): string | null;
  /** Whether the request carries any cookie of ours. */
  hasAny(header: string | null): boolean;
  /** A `Set-Cookie` value. */
  set(kind: CookieKind, value: string, lifetimeMs: number): string;
  /** A `Set-Cookie` value that makes the browser forget it; the attributes are those it was set with. */
  expire(kind: CookieKind): string;
}

const sameSite = { session: 'Lax', refresh: 'Strict', flow: 'Lax', device: 'Strict', trusted: 'Lax' } as const;

export const lifetimes: { readonly flowMs: number; readonly deviceMs: number } = {
  flowMs: days(1),
  deviceMs: days(400),
};

/**
 * `secure` names are `__Host-…` (RFC 6265bis §4.1.3.2): no other host, path or scheme can set them. The others are for
 * `http://localhost` in development, where some browsers refuse `Secure`.
 */
export const cookies = (secure: boolean): Cookies => {
  const nameOf = (kind: CookieKind): string => (secure ? `__Host-${kind}` : `sallyport-${kind}`);
  const attributes = (kind: CookieKind): string =>
    `Path=/; ${secure ? 'Secure; ' : ''}HttpOnly; SameSite=${sameSite[kind]}`;
  const ours = (Object.keys(sameSite) as CookieKind[]).map((kind) => `${nameOf(kind)}=`);
  const session = `${nameOf('session')}=`;
  return {
    read: (header, kind) =>
      header === null ? null : readCookie(header, kind === 'session' ? session : `${nameOf(kind)}=`),
    hasAny: (header) => header !== null && ours.some((prefix) => find(header, prefix, 0) >= 0),
    set: (kind, value, lifetimeMs) => {
      const maxAge = Math.min(maxAgeCap, Math.max(0, Math.floor(lifetimeMs / 1_000)));
      return `${nameOf(kind)}=${value}; ${attributes(kind)}; Max-Age=${maxAge}`;
    },
    expire: (kind) => `${nameOf(kind)}=; ${attributes(kind)}; Max-Age=0`,
  };
};

/** One scan for one name: a header is not split into cookies that nobody asks for. */
const readCookie = (header: string, prefix: string): string | null => {
  const start = find(header, prefix, 0);
  if (start < 0 || find(header, prefix, start + prefix.length) >= 0) return null;
  const end = header.indexOf(';', start);
  return header.slice(start + prefix.length, end < 0 ? undefined : end).trim();
};

/** The index of `name=` at the beginning of a cookie; -1 = none. */
const find = (header: string, prefix: string, from: number): number => {
  for (let at = header.indexOf(prefix, from); at >= 0; at = header.indexOf(prefix, at + 1)) {
    let before = at - 1;
    while (before >= 0 && header.charCodeAt(before) === 0x20) before -= 1;
    if (before < 0 || header.charCodeAt(before) === 0x3b) return at;
  }
  return -1;
};
