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
  const refuse = (option: string, url: string): never => {
    throw new TypeError(`${option}: ${url}`);
  };
  if (home.search !== '' || home.hash !== '') refuse('baseUrl has a query or fragment', baseUrl);
  const allowed = new Set([home.origin]);
  for (const origin of origins) allowed.add(new URL(origin).origin === origin ? origin : refuse('no origin', origin));
  if (secure) for (const origin of allowed) if (!isPrivate(new URL(origin))) refuse('not https', origin);
  return {
    baseUrl: home.href.replace(/\/+$/, ''),
    check: (url) => {
      const { origin } = resolve(url);
      if (!allowed.has(origin)) throw new AuthClientError('origin_not_allowed', { cause: origin });
    },
  };
};

/** Nobody listens on the way: the loopback names of W3C Secure Contexts §3.1. */
const isPrivate = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || (protocol === 'http:' && /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname));
