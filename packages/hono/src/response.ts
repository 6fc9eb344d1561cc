import type { Context } from 'hono';

/**
 * Gives an answer beside what the application has set: its cookies stay, and what it said of caching gives way. Hono's own
 * merge would let the earlier headers win, and drop our cookies where there are others.
 */
export const answer = (c: Context, response: Response): Response => {
  const headers = new Headers(c.res.headers);
  for (const [name, value] of response.headers) {
    if (name === 'vary') headers.set(name, varyOf(headers, value));
    else if (name !== 'set-cookie') headers.set(name, value);
  }
  for (const cookie of response.headers.getSetCookie()) headers.append('set-cookie', cookie);
  c.res = undefined;
  c.res = new Response(response.body, { status: response.status, headers });
  return c.res;
};

/** After the handler: whatever it answered with, a shared cache must not give it to somebody else. */
export const keepPrivate = (c: Context, isSomebody: boolean): void => {
  const { headers, status } = c.res;
  // A socket that was handed over has no headers any more.
  if (status === 101) return;
  if (varyOf(headers, 'Cookie') !== headers.get('vary')) c.header('vary', varyOf(headers, 'Cookie'));
  if (isSomebody && !headers.has('cache-control')) c.header('cache-control', 'no-store');
};

const varyOf = (headers: Headers, more: string): string => {
  const old = namesOf(headers.get('vary') ?? '');
  const known = old.map((name) => name.toLowerCase());
  return [...old, ...namesOf(more).filter((name) => !known.includes(name.toLowerCase()))].join(', ');
};

const namesOf = (list: string): readonly string[] =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
