import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp } from './start.ts';

const password = 'correct horse battery staple';
let app: Awaited<ReturnType<typeof startApp>>;
beforeAll(async () => {
  app = await startApp();
}, 60_000);
afterAll(() => app?.stop());

interface Page {
  readonly status: number;
  readonly location: string | null;
  readonly headers: Headers;
  readonly text: string;
}

/** A browser without JavaScript: it follows no redirect by itself, and sends forms as they stand in the page. */
const browser = () => {
  const jar = new Map<string, string>();
  const send = async (path: string, init: RequestInit = {}): Promise<Page> => {
    const headers = new Headers(init.headers);
    if (jar.size > 0 && !headers.has('cookie'))
      headers.set('cookie', [...jar].map((pair) => pair.join('=')).join('; '));
    const answer = await fetch(app.origin + path, { ...init, headers, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';', 1);
      const at = pair.indexOf('=');
      if (/Max-Age=0/i.test(line)) jar.delete(pair.slice(0, at));
      else jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const location = answer.headers.get('location');
    return { status: answer.status, location, headers: answer.headers, text: await answer.text() };
  };
  const submit = async (
    path: string,
    id: string,
    fields: Record<string, string>,
    origin = app.origin,
    more: Record<string, string> = {},
  ): Promise<Page> => {
    const { text } = await send(path);
    const [, html] = new RegExp(`<form[^>]*id="${id}"[^>]*>(.*?)</form>`, 's').exec(text) ?? [];
    if (html === undefined) throw new Error(`no form ${id} on ${path}: ${text.slice(0, 500)}`);
    const form = new FormData();
    for (const [, name = '', value = ''] of html.matchAll(
      /<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?/g,
    )) {
      form.append(name, value.replaceAll('&quot;', '"').replaceAll('&amp;', '&'));
    }
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    return send(path, { method: 'POST', body: form, headers: { origin, ...more } });
  };
  return { jar, send, submit };
};

const who = ({ text }: Page): string => /<p id="who">([^<]*)/.exec(text)?.[1]?.replace(/<!-- -->/g, '') ?? '';

const linkFor = async (to: string, type: string): Promise<string> => {
  for (;;) {
    const mails = (await (await fetch(`${app.origin}/outbox.json`)).json()) as readonly Record<string, string>[];
    const url = mails.findLast((mail) => mail['to'] === to && mail['type'] === type)?.['url'];
    if (url !== undefined) return url.slice(app.origin.length);
  }
};

const member = async (email: string) => {
  const b = browser();
  expect((await b.submit('/', 'create-an-account', { email, password })).location).toMatch(/\?done=check_email$/);
  const link = await linkFor(email, 'verify_email');
  expect((await b.submit(link, 'verify', {})).location).toMatch(/\?done=verified$/);
  expect((await b.submit('/', 'sign-in', { email, password })).location).toMatch(/\/account$/);
  return b;
};

describe('server components and server actions', () => {
  it('tell the story of an account, without JavaScript', async () => {
    const email = 'alice@example.com';
    const b = await member(email);
    expect([...b.jar.keys()].sort()).toEqual(['sallyport-device', 'sallyport-flow', 'sallyport-session']);
    const page = await b.send('/account');
    expect([page.status, who(page), page.headers.getSetCookie()]).toEqual([200, email, []]);
    expect((await b.submit('/', 'greet', {})).location).toContain(`greeting=${encodeURIComponent(`Hello ${email}`)}`);
    expect((await b.submit('/', 'logout', {})).status).toBeLessThan(400);
    expect([...b.jar.keys()].includes('sallyport-session')).toBe(false);
    expect((await b.send('/account')).location).toMatch(/^(?:http:\/\/localhost:\d+)?\/$/);
  });

  it('render for nobody in the very request that signs out', async () => {
    const b = await member('bob@example.com');
    const page = await b.submit('/', 'logout', {});
    expect([page.status, page.text.includes('Nobody is signed in')]).toEqual([200, true]);
  });

  it('set a new password, and end every session', async () => {
    const email = 'carol@example.com';
    const b = await member(email);
    const other = browser();
    await other.submit('/', 'forgot', { email });
    const next = 'another horse battery staple';
    const link = await linkFor(email, 'reset_password');
    expect((await other.submit(link, 'reset', { password: 'short' })).location).toContain('problem=weak_password');
    expect((await other.submit(link, 'reset', { password: next })).location).toMatch(/\?done=reset$/);
    expect((await b.send('/account')).location).toContain('problem=unauthenticated');
    expect((await other.submit('/', 'sign-in', { email, password })).location).toContain('problem=invalid_credentials');
    expect((await other.submit('/', 'sign-in', { email, password: next })).location).toMatch(/\/account$/);
  });

  it('refuse what another site sends, and ask for themselves', async () => {
    const email = 'dave@example.com';
    const b = await member(email);
    const foreign = await b.submit('/', 'greet', {}, 'https://evil.example');
    expect([foreign.status < 300 && foreign.text.includes(`Hello ${email}`), foreign.location ?? '']).toEqual([
      false,
      expect.not.stringContaining('Hello'),
    ]);
    // Next believes X-Forwarded-Host where a client can write it; the configured origin is ours.
    const forged = await b.submit('/', 'greet', {}, 'https://evil.example', { 'x-forwarded-host': 'evil.example' });
    expect(forged.location).toContain('greeting=csrf_rejected');
    // The form of somebody who is signed in, sent by somebody who is not.
    b.jar.set('sallyport-session', 'v1.nonsense');
    const page = await browser().send('/');
    expect(page.text).not.toContain('id="greet"');
  });
});

describe('the proxy', () => {
  it('sends browsers without a cookie away, and guards nothing by itself', async () => {
    const nobody = browser();
    const sent = await nobody.send('/account');
    expect([sent.status, sent.location?.replace(app.origin, '')]).toEqual([307, '/']);
    expect((await nobody.send('/nowhere')).status).toBe(307);
    expect((await nobody.send('/account', { method: 'POST' })).status).toBe(401);
    // A cookie that is worth nothing passes the proxy; the page asks for itself.
    nobody.jar.set('sallyport-session', 'v1.nonsense');
    const page = await nobody.send('/account');
    expect([page.status, page.location?.includes('problem=unauthenticated')]).toEqual([307, true]);
  });

  it.each([
    ['x-middleware-subrequest', 'middleware:middleware:middleware:middleware:middleware'],
    ['x-middleware-subrequest', 'src/proxy:src/proxy:src/proxy:src/proxy:src/proxy'],
    ['x-middleware-next', '1'],
    ['x-middleware-rewrite', '/account'],
    ['next-router-prefetch', '1'],
    ['rsc', '1'],
  ])('skipped by %s: %s, lets nobody in', async (name, value) => {
    for (const path of [
      '/account',
      '//account',
      '/ACCOUNT',
      '/%61ccount',
      '/account/',
      '/./account',
      '/account%2f',
      '/account.rsc',
    ]) {
      const { status, text } = await browser().send(path, { headers: { [name]: value } });
      expect([path, status === 200 && text.includes('Signed in since')]).toEqual([path, false]);
    }
    const api = await browser().send('/api/profile', { headers: { [name]: value } });
    // Next sends whoever asks for a payload of a page to another address first.
    expect([401, 307]).toContain(api.status);
  });
});

describe('route handlers', () => {
  const json = (origin: string) => ({ 'content-type': 'application/json', origin });

  it('answer as the routes do', async () => {
    const b = await member('erin@example.com');
    const profile = await b.send('/api/profile');
    expect([profile.status, JSON.parse(profile.text).user.email]).toEqual([200, 'erin@example.com']);
    expect([profile.headers.get('cache-control'), profile.headers.get('vary')]).toEqual([
      'no-store',
      expect.stringMatching(/cookie/i),
    ]);
    const refused = await browser().send('/api/profile');
    expect([refused.status, refused.headers.get('content-type')]).toEqual([401, 'application/problem+json']);
    const foreign = await b.send('/api/profile', { method: 'POST', headers: { origin: 'https://evil.example' } });
    expect([foreign.status, JSON.parse(foreign.text).code]).toEqual([403, 'csrf_rejected']);
    expect((await b.send('/api/profile', { method: 'POST', headers: { origin: app.origin } })).status).toBe(200);
  });

  it('serve every route under /auth, cookies one by one, and nothing spelled otherwise', async () => {
    const email = 'frank@example.com';
    await member(email);
    const login = (path: string, origin = app.origin) =>
      browser().send(path, { method: 'POST', headers: json(origin), body: JSON.stringify({ email, password }) });
    const done = await login('/auth/login');
    expect([done.status, done.headers.getSetCookie().length, done.headers.get('cache-control')]).toEqual([
      200,
      2,
      'no-store',
    ]);
    expect((await login('/auth/login', 'https://evil.example')).status).toBe(403);
    for (const path of [
      '/AUTH/login',
      '/auth/LOGIN',
      '/%61uth/login',
      '/auth/log%69n',
      '/auth/login%2f',
      '/auth/login;a=b',
    ]) {
      const { status, headers } = await login(path);
      expect([path, status === 200, headers.getSetCookie()]).toEqual([path, false, []]);
    }
    const put = await browser().send('/auth/login', { method: 'PUT', headers: json(app.origin) });
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await browser().send('/auth/session')).text).toBe('{"user":null,"session":null}');
  });
});
