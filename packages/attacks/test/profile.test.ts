import { describe, expect, it } from 'vitest';
import type { Kind } from '../mutants/app.ts';
import { profileFor } from '../mutants/profiles.ts';
import { profileOf, sallyport } from '../src/index.ts';
import { shopProfile } from './fixture/letter-by-letter.ts';
import { withSessions, withTokens } from './fixture/profiles.ts';

const good = {
  name: 'shop',
  session: { cookie: 'sid' },
  steps: {
    login: {
      method: 'POST',
      path: '/signin',
      form: true,
      body: { mail: '{email}' },
      ok: { status: 303, leadsTo: '/' },
    },
    session: { method: 'GET', path: '/api/me', ok: { has: 'user.id' } },
  },
};

/** The profile with one value put in at a path. */
const withValue = (path: string, value: unknown): unknown => {
  const copy = structuredClone(good) as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let at = copy;
  for (const key of keys) {
    at[key] ??= {};
    at = at[key] as Record<string, unknown>;
  }
  at[last] = value;
  return copy;
};

describe('a flaw inside a profile is named', () => {
  it.each<readonly [string, unknown, string]>([
    ['steps.login.forms', true, 'steps.login.forms: no member of a step'],
    ['steps.login.form', 'yes', 'steps.login.form: true or false'],
    ['steps.login.method', 7, 'steps.login.method: a text'],
    ['steps.login.path', 'signin', 'steps.login.path: begins with /'],
    ['steps.login.body', '{email}', 'steps.login.body: an object'],
    ['steps.login.body.user.mail', '{mail}', 'steps.login.body.user.mail: {mail} is no placeholder'],
    ['steps.login.ok', 303, 'steps.login.ok: an object'],
    ['steps.login.ok.leadTo', '/', 'steps.login.ok.leadTo: no member of `ok`'],
    ['steps.login.ok.leadsTo', 'home', 'steps.login.ok.leadsTo: begins with /'],
    ['steps.login.ok.status', '303', 'steps.login.ok.status: a number like 303, or a list of numbers'],
    ['steps.login.ok.status', [200, '303'], 'steps.login.ok.status: a number like 303, or a list of numbers'],
    ['steps.login.ok.status', [], 'steps.login.ok.status: a number like 303, or a list of numbers'],
    ['steps.session.ok.hass', 'id', 'steps.session.ok.hass: no member of `ok`'],
    ['steps.session.ok.has', 1, 'steps.session.ok.has: a text'],
    ['steps.session.ok.is', {}, 'steps.session.ok.is: a text, a number, true or false'],
    ['steps.login.ok.is', true, 'steps.login.ok.is: needs has'],
    ['steps.constructor', {}, 'steps.constructor: no member of `steps`'],
    ['session.bearer', 'token', 'session: { "cookie": name } or { "bearer": path }'],
    ['secondFactor', {}, 'secondFactor.due: is missing'],
    ['secondFactor', { due: {}, secrets: 'x' }, 'secondFactor.secrets: no member of `secondFactor`'],
    ['secondFactor', { due: { state: 401 } }, 'secondFactor.due.state: no member of `ok`'],
    ['list', { at: 'sessions' }, 'list.id: is missing'],
    ['list', { at: 'sessions', id: 1 }, 'list.id: a text'],
    ['tokenPaths', ['/confirm'], 'tokenPaths: a list of paths with {token}'],
    ['tokenPaths', '/confirm/{token}', 'tokenPaths: a list of paths with {token}'],
    ['pages', ['signin'], 'pages: a list of paths'],
    ['address', 'me@example.com', 'address: a text with {name}'],
    ['tokenParameter', 1, 'tokenParameter: a text'],
  ])('%s as %j', (path, value, flaw) => {
    expect(() => profileOf(withValue(path, value))).toThrow(`the profile cannot be used:\n${flaw}`);
  });
});

it('a good profile is taken as it is', () => {
  const kinds: readonly Kind[] = ['sessions', 'tokens', 'provider'];
  const all = [good, shopProfile, withSessions, withTokens, sallyport({ totp: true }), ...kinds.map(profileFor)];
  for (const one of all) expect(profileOf(JSON.parse(JSON.stringify(one)))).toEqual(one);
  const whole = withValue('list', { at: '', id: 'id' });
  expect(profileOf(whole)).toBe(whole);
});
