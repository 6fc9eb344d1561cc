import { describe, expect, it } from 'vitest';
import {
  AuthConfigError,
  type AuthProblem,
  type CredentialRecord,
  memoryStores,
  minutes,
  type Stores,
} from '../src/index.ts';
import { goodPassword, origin, otherPassword, type WorldOptions, world } from './harness.ts';

const email = 'ann@example.com';

/** A store with a serial column that was reset, and a list that lags behind: the id of a deleted user is given out again. */
const forgetfulStores = (): Stores => {
  const inner = memoryStores();
  return {
    ...inner,
    users: { ...inner.users, create: (user) => inner.users.create({ ...user, id: 'user-1' }) },
    ephemeral: { open: (kind) => ({ ...inner.ephemeral.open(kind), listByUser: async () => [] }) },
  };
};

const issuesOf = (options: WorldOptions): readonly string[] => {
  try {
    world(options);
    return [];
  } catch (error) {
    if (!(error instanceof AuthConfigError)) throw error;
    return error.issues.map(({ code, path }) => `${code} ${path}`);
  }
};

describe('what is slightly wrong elsewhere does not open anything here', () => {
  it('SES-18: an id that a store gives out twice does not give the first one’s sessions to the second', async () => {
    const w = world({ inner: forgetfulStores() });
    const old = await w.signedIn(email);
    const id = (await w.auth.authenticate(old.headers()))?.user.id ?? '';
    w.clock.advance(5);
    await w.auth.api.deleteUser(id);
    const next = await w.signedIn('next@example.com', otherPassword);
    expect((await w.auth.authenticate(next.headers()))?.user).toMatchObject({ id, email: 'next@example.com' });
    expect(await w.auth.authenticate(old.headers())).toBeNull();
  });

  it.each([Number.NaN, 'x' as never, {} as never])('a freshness of %s is never met', async (fresh) => {
    const w = world();
    const browser = await w.signedIn(email);
    const refused = w.auth.require(browser.headers(), { fresh });
    await expect(refused).rejects.toMatchObject({ problem: { code: 'step_up_required' } });
    await expect(w.auth.require(browser.headers(), { fresh: minutes(1) })).resolves.toBeTruthy();
  });

  it('asks for what is lacking, and tells of nothing else', async () => {
    const w = world();
    const browser = await w.signedIn(email);
    const refused: unknown = await w.auth
      .require(browser.headers(), { aal: 2, fresh: minutes(5), live: true })
      .catch((e) => e);
    expect((refused as AuthProblem).problem.need).toEqual({ aal: 2 });
  });

  it('a word that is misspelt is not the default', () => {
    expect(issuesOf({ registration: 'Closed' as never })).toEqual(['registration_invalid registration']);
    expect(issuesOf({ mode: 'prod' as never })).toContain('mode_invalid mode');
  });

  it('RL-01: a header that was not named is not one that clients can send', () => {
    expect(issuesOf({ clientIp: { header: undefined as never } })).toEqual(['client_ip_invalid clientIp']);
    expect(issuesOf({ clientIp: { forwardedFor: [5 as never] } })).toEqual(['client_ip_invalid clientIp']);
  });

  it('a port that lacks a method is said at the start, not at the first request', () => {
    expect(issuesOf({ hasher: {} as never, profile: {} as never, clock: {} as never })).toEqual([
      'port_incomplete clock',
      'port_incomplete hasher',
      'port_incomplete hasher',
      'port_incomplete hasher',
      'profile_invalid profile',
    ]);
  });

  it('PWD-17: a breach check that throws at once is one that does not answer', async () => {
    const breach = {
      isBreached: () => {
        throw new Error('no such host');
      },
    };
    const w = world({ breach });
    expect((await w.browser().post('/register', { email, password: goodPassword })).status).toBe(202);
    expect(w.events.map(({ code }) => code)).toContain('breach_check_unavailable');
  });

  it('handle() answers even where there is no randomness left for a request id', async () => {
    let isBroken = false;
    const random = {
      bytes: (length: number) => {
        if (isBroken) throw new Error('entropy');
        return crypto.getRandomValues(new Uint8Array(length));
      },
    };
    const w = world({ random });
    isBroken = true;
    const response = await w.auth.handle(new Request(`${origin}/auth/session`));
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([500, 'internal']);
  });
});

describe('an account without a password', () => {
  it('gets one by a fresh proof alone, and is told how fresh', async () => {
    const w = world();
    const browser = await w.signedIn(email);
    const id = (await w.auth.authenticate(browser.headers()))?.user.id ?? '';
    const credentials = w.stores.durable.open<CredentialRecord>('credential');
    const record = await credentials.get(id);
    if (record === null) throw new Error('no credential');
    await credentials.replace({ ...record, password: null, version: record.version + 1 }, record.version);

    w.clock.advance(minutes(10));
    const stale = await browser.post('/change-password', { password: otherPassword });
    expect([stale.status, stale.body.code, stale.body.need]).toEqual([403, 'step_up_required', { fresh: minutes(10) }]);
    w.clock.advance(-1);
    expect((await browser.post('/change-password', { password: otherPassword })).status).toBe(204);
  });
});

describe('an owner is not punished for being careful', () => {
  it('D8: signing in as often as one likes, from one device, is not refused', async () => {
    const w = world();
    const browser = await w.confirmed(email);
    for (let time = 0; time < 25; time += 1) {
      expect([time, (await browser.post('/login', { email, password: goodPassword })).status]).toEqual([time, 200]);
      await w.auth.drain();
    }
  });

  it('a new password that is too weak costs no try and no hash', async () => {
    const w = world();
    const browser = await w.signedIn(email);
    w.log.length = 0;
    for (let time = 0; time < 8; time += 1) {
      const refused = await browser.post('/change-password', { current: goodPassword, password: 'short' });
      expect(refused.body).toMatchObject({ code: 'weak_password', reasons: ['too_short'], minLength: 15 });
    }
    expect(w.log.filter((call) => ['hash', 'verify', 'limits.take'].includes(call))).toEqual([]);
    const changed = await browser.post('/change-password', { current: goodPassword, password: otherPassword });
    expect(changed.status).toBe(204);
  });
});
