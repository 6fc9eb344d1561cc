import { describe, expect, it } from 'vitest';
import { cookieHeader, requestFor } from '../src/request.ts';
import { parsed } from '../src/set-cookies.ts';

const pair = (name: string, value: string) => ({ name, value });

describe('the cookies of a request', () => {
  it.each([
    ['as sent', '__Host-session=a; theme=dark', [pair('__Host-session', 'a'), pair('theme', 'dark')], null],
    [
      'as sent, also where Next reads a foreign one otherwise',
      '__Host-session=a; q=%20',
      [pair('__Host-session', 'a'), pair('q', ' ')],
      null,
    ],
    ['twice as sent, so that both are seen', '__Host-session=a; __Host-session=b', [pair('__Host-session', 'b')], null],
    [
      'replaced by an action',
      '__Host-session=a; x=1',
      [pair('__Host-session', 'b'), pair('x', '1')],
      '__Host-session=b; x=1',
    ],
    ['removed by an action', '__Host-session=a; x=1', [pair('x', '1')], 'x=1'],
    ['set by an action', 'x=1', [pair('x', '1'), pair('sallyport-session', 'a')], 'x=1; sallyport-session=a'],
  ])('%s', (_, sent, jar, wanted) => {
    expect(cookieHeader(sent, jar)).toBe(wanted ?? sent);
  });

  it('are none where there are none', () => {
    expect([cookieHeader('', []), cookieHeader('__Host-session=a', [])]).toEqual([null, null]);
  });

  it('are set as the core wrote them', () => {
    const line = '__Host-session=v1.a-b_c; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=2592000';
    const options = { path: '/', secure: true, httpOnly: true, sameSite: 'lax', maxAge: 2_592_000 };
    expect(parsed(line)).toEqual({ name: '__Host-session', value: 'v1.a-b_c', options });
    expect(parsed('sallyport-device=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0')).toEqual({
      name: 'sallyport-device',
      value: '',
      options: { path: '/', secure: false, httpOnly: true, sameSite: 'strict', maxAge: 0 },
    });
  });
});

it('a request for a route has the configured origin, and its own path, headers and body', async () => {
  const auth = { origin: 'https://app.example.com' };
  const headers = { 'x-forwarded-host': 'evil.example', cookie: 'a=b' };
  const asked = new Request('http://evil.example/auth/login?x=1', { method: 'POST', headers, body: 'text' });
  const made = requestFor(auth, asked);
  expect([made.url, made.method, made.headers.get('cookie')]).toEqual([
    'https://app.example.com/auth/login?x=1',
    'POST',
    'a=b',
  ]);
  expect(await made.text()).toBe('text');
  expect(requestFor(auth, new Request('http://x/auth/session')).body).toBeNull();
});
