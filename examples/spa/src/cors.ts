import type { RequestHandler } from 'express';

/**
 * For the routes of the application's own; those under `/auth` answer for themselves. No credentials: what is asked here comes
 * with an access token, and a cookie would only be one more way in.
 */
export const cors =
  (origins: readonly string[]): RequestHandler =>
  (req, res, next) => {
    const { origin } = req.headers;
    res.vary('Origin');
    if (origin === undefined || !origins.includes(origin)) return next();
    res.set({
      'access-control-allow-origin': origin,
      'access-control-allow-headers': 'authorization, content-type',
      'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
      'access-control-max-age': '600',
    });
    if (req.method === 'OPTIONS') res.status(204).end();
    else next();
  };
