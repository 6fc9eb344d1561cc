import type { RequestHandler } from 'express';

/** Scripts, styles and requests of our own and nothing else: no inline script, no frame around us, no form that posts elsewhere. */
const policy = (formTargets: readonly string[]): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    ["form-action 'self'", ...formTargets].join(' '),
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');

export const pageHeaders = (formTargets: readonly string[] = []): Readonly<Record<string, string>> => ({
  'content-security-policy': policy(formTargets),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
});

export const securityHeaders =
  (formTargets: readonly string[] = []): RequestHandler =>
  (_req, res, next) => {
    res.set(pageHeaders(formTargets));
    next();
  };
