import { AuthClientError } from './error.ts';

/** Where the routes are, and which origins may be given what signs in. */
export interface Places {
  /** Absolute, without a slash at the end. */
  readonly baseUrl: string;
  /** Resolves as `fetch` does; throws `origin_not_allowed` for an origin that is not listed. */
  check(url: string): void;
}

interface Given {
  readonly baseUrl: string;
  readonly origins: readonly string[];
  readonly base: string | null;
  /** Tokens are sent nowhere in the clear, but to the own machine. */
  readonly secure: boolean;
}

/** Throws `TypeError` for what is no URL, no origin, or would be sent in the clear. */
export const places = ({ baseUrl, origins, base, secure }: Given): Places => {
  const resolve = (url: string): URL => (base === null ? new URL(url) : new URL(url, base));
  const home = resolve(baseUrl);
  if (home.search !== '' || home.hash !== '') throw new TypeError(`baseUrl has a query or a fragment: ${baseUrl}`);
  for (const origin of origins) {
    if (new URL(origin).origin !== origin) throw new TypeError(`origins: this is not an origin alone: ${origin}`);
  }
  const allowed = new Set([home.origin, ...origins]);
  for (const origin of allowed) {
    if (secure && !isPrivate(new URL(origin))) throw new TypeError(`tokens are sent over https: alone: ${origin}`);
  }
  return {
    baseUrl: home.href.replace(/\/+$/, ''),
    check: (url) => {
      const { origin } = resolve(url);
      if (!allowed.has(origin)) throw new AuthClientError('origin_not_allowed', { cause: origin });
    },
  };
};

/** Where a browser would use Web Locks too (W3C Secure Contexts §3.1). */
const isPrivate = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || (protocol === 'http:' && /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname));
