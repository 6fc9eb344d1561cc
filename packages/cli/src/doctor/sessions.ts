import type { Answer } from './client.ts';
import { cookieNamed } from './cookies.ts';
import { type Finding, judged, ok, problem, unseen } from './report.ts';
import { codeOf, type Probe, type Visit } from './visit.ts';

const ids = ['session_server', 'session_random', 'session_rotates', 'session_logout', 'session_lifetime'] as const;

/** Signs in twice with a test account, the second time from within the first session, and out. */
export const sessions: Probe = async (visit) => {
  const { account } = visit;
  if (account === null) return [];
  const first = await visit.post('/login', account);
  const cookie = cookieNamed(first.cookies, 'session');
  if (first.json?.['status'] === 'mfa_required') return ids.map((id) => unseen(id, 'the account has a second factor'));
  if (first.status !== 200)
    return ids.map((id) => unseen(id, `the login of DOCTOR_EMAIL is answered ${codeOf(first)}`));
  const findings = tokens(first);
  if (cookie === null) return [...findings, ...ids.map((id) => unseen(id, 'the login sets no session cookie'))];
  const second = await visit.post('/login', account, { cookie });
  const next = cookieNamed(second.cookies, 'session') ?? cookie;
  const old = await isAlive(visit, cookie);
  const out = await visit.post('/logout', {}, { cookie: next });
  const left = await isAlive(visit, next);
  return [...findings, ...of(first, { cookie, next, old, out, left })];
};

interface Seen {
  readonly cookie: string;
  readonly next: string;
  readonly old: boolean;
  readonly out: Answer;
  readonly left: boolean;
}

const of = (first: Answer, { cookie, next, old, out, left }: Seen): readonly Finding[] => {
  const value = cookie.slice(cookie.indexOf('=') + 1);
  const days = lifetimeOf(first.cookies);
  return [
    judged('session_server', !holdsData(value), [
      'the cookie holds nothing that can be read',
      'the cookie itself holds the session',
    ]),
    // An estimate from below: 128 bits of base64url are 22 characters, of which 20 and more differ from the other id's.
    judged('session_random', differing(cookie, next) >= 16 || cookie === next, [
      `${value.length} characters of ${new Set(value).size} kinds, ${differing(cookie, next)} differ from the next one`,
      `${value.length} characters, of which only ${differing(cookie, next)} differ from the next one`,
    ]),
    judged('session_rotates', cookie !== next && !old, [
      'a new id, and the old one is dead',
      cookie === next ? 'the login keeps the id that it was given' : 'the id from before the login is still alive',
    ]),
    out.status >= 300
      ? unseen('session_logout', `the logout is answered ${codeOf(out)}`)
      : judged('session_logout', !left, [
          'the cookie is worth nothing afterwards',
          'the cookie still works afterwards',
        ]),
    judged('session_lifetime', days !== null && days <= 400, [
      `the cookie lives ${days} days; how long the server takes it only time shows`,
      days === null ? 'the cookie has no Max-Age' : `the cookie lives ${days} days`,
    ]),
  ];
};

const isAlive = async ({ get }: Visit, cookie: string): Promise<boolean> => {
  const { status, json } = await get('/session', { cookie });
  return status === 200 && json !== null && json['user'] != null;
};

/** A JWT, or base64 of JSON, with or without a signature behind it. */
const holdsData = (value: string): boolean =>
  decodeURIComponent(value)
    .replace(/^s:/, '')
    .split('.')
    .some((part) => Buffer.from(part, 'base64').toString('latin1').trimStart().startsWith('{"'));

const differing = (one: string, other: string): number =>
  [...one].filter((character, at) => character !== other[at]).length;

const lifetimeOf = (headers: readonly string[]): number | null => {
  const header = headers.find((one) => one.split('=', 1)[0]?.endsWith('session')) ?? '';
  const seconds = /;\s*max-age=(\d+)/i.exec(header)?.[1];
  return seconds === undefined ? null : Math.round(Number(seconds) / 86_400);
};

/** RFC 9700 and the checklist: a bearer token cannot be taken back, so it ends soon. */
const mostTokenSeconds = 900;

const tokens = ({ json, text }: Answer): readonly Finding[] => {
  const access = json?.['accessToken'] ?? json?.['access_token'] ?? json?.['token'];
  if (typeof access !== 'string') {
    return [ok('jwt_lifetime', 'a login hands out none'), ok('jwt_cookie', 'a login hands out none')];
  }
  const { iat, exp } = claimsOf(access);
  const seconds = typeof iat === 'number' && typeof exp === 'number' ? exp - iat : null;
  const inBody = /"refresh_?token"/i.test(text);
  return [
    seconds === null
      ? problem('jwt_lifetime', 'the token says nothing of its end')
      : judged('jwt_lifetime', seconds <= mostTokenSeconds, [`${seconds} s`, `${seconds} s`]),
    judged('jwt_cookie', !inBody, [
      'none in the body of an answer',
      'a refresh token in the body, where scripts read it',
    ]),
  ];
};

const claimsOf = (token: string): Readonly<Record<string, unknown>> => {
  try {
    return Object(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')));
  } catch {
    return {};
  }
};
