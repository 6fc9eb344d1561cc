import { NextRequest } from 'next/server.js';
import { describe, expect, it } from 'vitest';
import { proxyOf } from '../src/proxy.ts';

const proxy = proxyOf(() => ({ origin: 'https://app.example.com', basePath: '/auth' }), {
  publicPaths: ['/', '/about', '/blog/*'],
  loginPage: '/login',
});
const ask = (path: string, init: { readonly method?: string; readonly headers?: Record<string, string> } = {}) =>
  proxy(new NextRequest(`https://app.example.com${path}`, init));
const isPassed = (path: string): boolean => ask(path).headers.get('x-middleware-next') === '1';

describe('the proxy', () => {
  it.each([
    '/',
    '/about',
    '/about?x=1',
    '/blog/a',
    '/blog/a/b',
    '/login',
    '/auth/session',
    '/_next/static/x.js',
    '/favicon.ico',
  ])('lets %s pass', (path) => expect(isPassed(path)).toBe(true));

  it.each([
    '/account',
    '/about/',
    '/About',
    '/%61bout',
    '//about',
    '/about/x',
    '/blog',
    '/blogs/a',
    '/blog/..%2faccount',
    '/blog/%2e%2e%2faccount',
    '/blog/../account',
    '/blog/%2e%2e/account',
    '/blog//account',
    '/blog/a\\..\\..\\account',
    '/login/x',
  ])('sends %s to the login page, since nobody has listed it', (path) => {
    const answer = ask(path);
    expect([answer.status, answer.headers.get('location')]).toEqual([307, 'https://app.example.com/login']);
  });

  it('answers what is no reading with 401, and takes nothing else for a session than its cookie', () => {
    expect(ask('/account', { method: 'POST' }).status).toBe(401);
    for (const cookie of ['session=x', 'sallyport-session=x', '__host-session=x']) {
      expect(ask('/account', { headers: { cookie } }).status).toBe(307);
    }
    expect(ask('/account', { headers: { cookie: '__Host-session=x' } }).headers.get('x-middleware-next')).toBe('1');
  });
});
