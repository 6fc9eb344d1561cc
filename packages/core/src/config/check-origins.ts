import type { ConfigIssue } from '../errors.ts';
import { safeReturnTo } from '../primitives/return-to.ts';

type Mode = 'production' | 'development';

const loopback = ['localhost', '127.0.0.1', '[::1]'];

/** An origin exactly as a browser writes it: scheme, host, port if unusual, and not a character more. */
const parseOrigin = (text: unknown): URL | null => {
  if (typeof text !== 'string') return null;
  try {
    const url = new URL(text);
    return url.origin === text ? url : null;
  } catch {
    return null;
  }
};

const isSecure = (url: URL, mode: Mode): boolean =>
  url.protocol === 'https:' || (url.protocol === 'http:' && mode === 'development' && loopback.includes(url.hostname));

export const originIssues = (origin: unknown, mode: Mode): readonly ConfigIssue[] => {
  if (origin === undefined || origin === '') {
    return [
      {
        code: 'origin_missing',
        path: 'origin',
        message: 'It is missing.',
        fix: 'Set it to what browsers see, e.g. "https://app.example.com".',
      },
    ];
  }
  const url = parseOrigin(origin);
  if (url === null) {
    return [
      {
        code: 'origin_invalid',
        path: 'origin',
        message: `"${String(origin).slice(0, 100)}" is not an origin.`,
        fix: 'Give scheme and host, and the port if it is unusual; no path, no slash at the end, lower case.',
      },
    ];
  }
  if (isSecure(url, mode)) return [];
  return [
    {
      code: 'origin_insecure',
      path: 'origin',
      message: 'Cookies over http: can be read and set by anybody on the way.',
      fix: "Use https:, or http://localhost with mode: 'development'.",
    },
  ];
};

export const trustedOriginIssues = (origins: readonly string[], mode: Mode): readonly ConfigIssue[] =>
  origins.flatMap((origin, index) => {
    const path = `trustedOrigins[${index}]`;
    if (String(origin).includes('*')) {
      return [
        {
          code: 'trusted_origin_wildcard',
          path,
          message: 'A wildcard would trust whoever gets a name under it.',
          fix: 'List each origin.',
        },
      ];
    }
    const url = parseOrigin(origin);
    if (url === null) {
      return [
        {
          code: 'trusted_origin_invalid',
          path,
          message: `"${String(origin).slice(0, 100)}" is not an origin.`,
          fix: 'Give scheme and host, e.g. "https://www.example.com".',
        },
      ];
    }
    if (isSecure(url, mode)) return [];
    return [
      {
        code: 'trusted_origin_insecure',
        path,
        message: 'Anybody on the way could speak for an http: origin.',
        fix: 'Use https:.',
      },
    ];
  });

/** A page of the application as an absolute URL; `null` = not one of its own. */
export const pageUrl = (page: string, origin: unknown, trusted: readonly string[]): string | null => {
  const base = parseOrigin(origin);
  // A wrong origin is an issue of its own; the page cannot be judged without it.
  if (base === null) return page;
  const target = safeReturnTo(page, base.origin, trusted);
  return target === null ? null : new URL(target, base).href;
};
