import { describe, expect, it } from 'vitest';
import { parsedAway, withBackslash } from '../../core/test/adapter/spellings.ts';
import { rawRequest } from '../../core/test/adapter/wire.ts';
import { goodPassword, origin, world } from './harness.ts';

const email = 'alice@example.com';
const credentials = JSON.stringify({ email, password: goodPassword });
const headers = { 'content-type': 'application/json', origin };

describe('a path', () => {
  // A `Request` has an absolute URL, parsed before anybody looks at it. Nobody behind sees another path.
  it('is the route that its URL says, in the same bucket of the limiter', async () => {
    const seen: string[] = [];
    const w = await world({
      limits: { login_ip: { burst: parsedAway.length } },
      build: ({ app, web }) => {
        app.use(async (c, next) => {
          seen.push(c.req.path);
          await next();
        });
        app.use(web.routes);
      },
    });
    for (const [n, path] of parsedAway.entries()) {
      const other = JSON.stringify({ email: `user${n}@example.com`, password: goodPassword });
      const answer = await rawRequest({ port: w.port, method: 'POST', path, headers }, other);
      expect([path, answer.status]).toEqual([path, 401]);
    }
    expect(new Set(seen)).toEqual(new Set(['/auth/login']));
    const last = await rawRequest({ port: w.port, method: 'POST', path: '/auth/login', headers }, credentials);
    expect(last.status).toBe(429);
  });

  // By `@hono/node-server`.
  it.each(withBackslash)('%s is refused', async (path) => {
    const w = await world();
    const answer = await rawRequest({ port: w.port, method: 'POST', path, headers }, credentials);
    expect([answer.status, w.log]).toEqual([400, []]);
  });
});
