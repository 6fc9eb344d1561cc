import type { Cookies } from './cookies.ts';

interface Asked {
  readonly method: string;
  readonly headers: { get(name: string): string | null };
}

export interface OriginRules {
  /** `true` = no other site made this request, or the method changes nothing. Reads headers only: the body stays unread. */
  allows(request: Asked): boolean;
  /** `true` = a request of a program or of a browser without either header, which carries our cookies or a form: only a token can tell. */
  isUndecided(request: Asked): boolean;
  /** The headers that let a trusted origin's page read the answer; empty for everybody else. */
  cors(request: Asked): readonly (readonly [string, string])[];
  isTrusted(origin: string): boolean;
}

const safeMethods = ['GET', 'HEAD', 'OPTIONS'];

/** Fetch Metadata first, then `Origin`, compared with the configured origins and never with `Host` (OWASP CSRF Prevention Cheat Sheet). */
export const originRules = (origin: string, trusted: readonly string[], cookies: Cookies): OriginRules => {
  const isTrusted = (other: string): boolean => other === origin || trusted.includes(other);
  const verdict = ({ method, headers }: Asked): 'pass' | 'reject' | 'undecided' => {
    if (safeMethods.includes(method)) return 'pass';
    const site = headers.get('sec-fetch-site');
    const from = headers.get('origin');
    if (site === 'same-origin' || site === 'none') return 'pass';
    if (from !== null && isTrusted(from)) return 'pass';
    if (site !== null || from !== null) return 'reject';
    const isJson = mediaTypeOf(headers.get('content-type')) === 'application/json';
    return isJson && !cookies.hasAny(headers.get('cookie')) ? 'pass' : 'undecided';
  };
  return {
    allows: (request) => verdict(request) === 'pass',
    isUndecided: (request) => verdict(request) === 'undecided',
    isTrusted,
    cors: ({ headers }) => {
      const from = headers.get('origin');
      if (from === null || from === origin || !trusted.includes(from)) return [];
      return [
        ['access-control-allow-origin', from],
        ['access-control-allow-credentials', 'true'],
        ['access-control-expose-headers', 'Auth-Request-Id, Retry-After'],
      ];
    },
  };
};

/** The type without its parameters, in lower case; empty for none. */
export const mediaTypeOf = (header: string | null): string =>
  (header ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
