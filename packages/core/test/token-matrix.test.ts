import { describe, expect, it } from 'vitest';
import { digest } from '../src/primitives/digest.ts';
import { goodPassword, otherPassword, type World, world } from './harness.ts';
import { addressOf, probe, refusalOf, sessionCookieOf, tokensOf, userOf } from './probes.ts';
import { askChange, askReset, moved } from './recovery.ts';

const known = 'known@example.com';
const fresh = 'fresh@example.com';
const mover = 'mover@example.com';

/** One live value of every kind that the SDK gives away or keeps. */
const cast = async () => {
  const w = world({ limits: { login_login: { burst: 5 }, login_pair: { burst: 50 } } });
  const alice = await w.signedIn(known);
  const moving = await w.signedIn(mover);
  const back = await moved(w, moving, mover, 'moved@example.com');
  const registering = w.browser('203.0.113.5');
  await registering.post('/register', { email: fresh, password: goodPassword });
  await w.auth.drain();
  const csrf = await w.auth.csrfToken(alice.headers());
  const { id } = await userOf(w, 'moved@example.com');
  const pin = (await tokensOf(w).listByUser(id)).find(({ data }) => !('email' in data))?.id ?? '';
  const session = sessionCookieOf(alice);
  const secret = session.slice('v1.'.length);
  const [, flow = '', flowMac = ''] = (registering.jar.get('__Host-flow') ?? '').split('.');
  const [, device = '', deviceMac = ''] = (alice.jar.get('__Host-device') ?? '').split('.');
  const values: Readonly<Record<string, string>> = {
    verify_email: w.tokenFor(fresh, 'verify_email'),
    reset_password: await askReset(w, known),
    change_email: await askChange(w, alice, 'next@example.com'),
    revert_email: back,
    session,
    'session secret': secret,
    'session id': digest('session', secret),
    'flow cookie': registering.jar.get('__Host-flow') ?? '',
    'flow id': flow,
    'flow mac': flowMac,
    'device cookie': alice.jar.get('__Host-device') ?? '',
    'device id': device,
    'device mac': deviceMac,
    csrf,
    'csrf mac': csrf.split('.')[2] ?? '',
    'pin id': pin,
    'user id': id,
    'digest of a link': digest('reset_password', w.tokenFor(known, 'reset_password')),
  };
  return { w, values };
};

/** What each value is tried at; `true` = it opened it. */
const doors: Readonly<Record<string, (w: World, value: string) => Promise<boolean>>> = {
  verify_email: (w, token) => opens(w, '/verify-email', { token, password: goodPassword }),
  reset_password: (w, token) => opens(w, '/reset-password', { token, password: otherPassword }),
  change_email: (w, token) => opens(w, '/change-email/confirm', { token, password: goodPassword }),
  revert_email: (w, token) => opens(w, '/change-email/revert', { token }),
  session: async (w, value) => (await w.auth.authenticate(new Headers({ cookie: `__Host-session=${value}` }))) !== null,
  'flow cookie': async (w, value) => {
    const headers = { cookie: `__Host-flow=${value}` };
    const { status } = await probe(w, '/verify-email', { body: { token: w.tokenFor(fresh, 'verify_email') }, headers });
    return status === 204;
  },
  'device cookie': async (w, value) => {
    for (let n = 0; n < 8; n += 1)
      await probe(w, '/login', { body: { email: known, password: 'wrong, wrong, wrong' }, address: addressOf(n) });
    const { status } = await probe(w, '/login', {
      body: { email: known, password: goodPassword },
      headers: { cookie: `__Host-device=${value}` },
    });
    return status === 200;
  },
  csrf: (w, value) => passesCsrf(w, value),
};

const opens = async (w: World, path: string, body: object): Promise<boolean> =>
  (await probe(w, path, { body, address: '192.0.2.200' })).status === 204;

/** The session to which the token of `cast` is bound is the one that the values hold. */
const passesCsrf = async (w: World, value: string): Promise<boolean> => {
  const cookie = `__Host-session=${sessions.get(w) ?? ''}`;
  const request = new Request(`${w.auth.origin}/transfer`, {
    method: 'POST',
    headers: { cookie, 'x-csrf-token': value },
  });
  return (await refusalOf(w.auth.csrf(request))) === 'not refused';
};
const sessions = new WeakMap<World, string>();

describe('TOK-07: every value at every door', () => {
  const names = [
    ...['verify_email', 'reset_password', 'change_email', 'revert_email', 'session', 'session secret', 'session id'],
    ...['flow cookie', 'flow id', 'flow mac', 'device cookie', 'device id', 'device mac', 'csrf', 'csrf mac', 'pin id'],
    ...['user id', 'digest of a link'],
  ];

  it.each(Object.keys(doors))('opens %s by its own kind and by no other', async (door) => {
    const opened: string[] = [];
    for (const name of names) {
      const { w, values } = await cast();
      expect(Object.keys(values)).toEqual(names);
      sessions.set(w, values['session'] ?? '');
      if (await doors[door]?.(w, values[name] ?? '')) opened.push(name);
    }
    expect(opened).toEqual([door]);
  });
});
