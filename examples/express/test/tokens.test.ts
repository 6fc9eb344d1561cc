import { remoteJwks, verifyAccessToken } from '@sallyport/core/verify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Running } from '../src/serve.ts';
import { client, goodPassword, member, startDemo, testClock } from './client.ts';

const email = 'tokens@example.org';
const clock = testClock();
let demo: Running;
beforeAll(async () => {
  demo = await startDemo(clock);
  await member(demo, email);
});
afterAll(() => demo.close());

const orders = (headers: Record<string, string>): Promise<Response> => fetch(`${demo.origin}/api/orders`, { headers });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

it('signs in for tokens, orders with one, renews it, and ends', async () => {
  const page = client(demo.origin);
  const login = await page.post('/auth/login', { email, password: goodPassword, transport: 'token' });
  expect(login.status).toBe(200);
  const { accessToken, refreshToken } = (await login.json()) as Record<string, string>;
  expect(refreshToken).toBeUndefined();
  expect(login.headers.getSetCookie().join()).toContain('sallyport-refresh=1.');

  const answer = await orders(bearer(accessToken ?? ''));
  expect([answer.status, ((await answer.json()) as { aal: number }).aal]).toEqual([200, 1]);
  clock.advance(11_000);
  const refreshed = await page.post('/auth/refresh', {});
  expect(refreshed.status).toBe(200);
  const renewed = (await refreshed.json()) as { accessToken: string };
  expect((await orders(bearer(renewed.accessToken))).status).toBe(200);

  expect((await page.post('/auth/logout', {})).status).toBe(204);
  const ended = await page.post('/auth/refresh', {});
  expect(ended.status).toBe(401);
});

it('takes an access token and nothing else', async () => {
  const page = client(demo.origin);
  await page.post('/auth/login', { email, password: goodPassword });
  for (const answer of [await page.get('/api/orders'), await orders(bearer('a.b.c')), await orders({})]) {
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer error="invalid_token"']);
    expect(((await answer.json()) as { code: string }).code).toBe('access_token_invalid');
  }
});

it('serves its public keys, with which anybody can verify', async () => {
  const answer = await fetch(`${demo.origin}/auth/jwks.json`);
  expect(answer.headers.get('content-type')).toBe('application/jwk-set+json');
  expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
  const login = await client(demo.origin).post('/auth/login', { email, password: goodPassword, transport: 'token' });
  const { accessToken } = (await login.json()) as { accessToken: string };
  const jwks = remoteJwks(`${demo.origin}/auth/jwks.json`);
  const said = await verifyAccessToken(accessToken, { issuer: demo.origin, audience: demo.origin, jwks });
  expect(said.amr).toEqual(['pwd']);
});
