import type { RequestHandler } from 'express';

/** Scripts, styles and requests of our own and nothing else: no inline script, no frame around us, no form that posts elsewhere. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

export const pageHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

export const securityHeaders: RequestHandler = (_req, res, next) => {
  res.set(pageHeaders);
  next();
};
