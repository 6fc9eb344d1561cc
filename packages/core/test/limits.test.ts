import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClientIp, memoryStores, minutes, type RateTake, StoreUnavailableError, seconds } from '../src/index.ts';
import { gcra, takeOf, waitAfterRefusal } from '../src/primitives/gcra.ts';
import { defaultPolicies } from '../src/primitives/policies.ts';
import { goodPassword, otherPassword, type World, world } from './harness.ts';
import {
  addressOf,
  cleared,
  codesOf,
  credentialsOf,
  mailsTo,
  newCredential,
  probe,
  requestTo,
  sightOf,
  times,
  userOf,
} from './probes.ts';

const email = 'victim@example.com';
const wrong = 'not the right pass phrase';
const unlimited = { burst: 1_000_000 };

const guess = (w: World, address: string | null, login = email, headers: Record<string, string> = {}) =>
  probe(w, '/login', { body: { email: login, password: wrong }, address, headers });

const evaluated = (w: World): number => w.log.filter((call) => call === 'verify').length;

/** One instance, or two that share the stores: what a second process would be. */
const instances: Record<string, (limits?: Record<string, object>) => readonly [World, ...World[]]> = {
  'one instance': (limits = {}) => [world({ limits })],
  'two instances on the same stores': (limits = {}) => {
    const inner = memoryStores();
    return [world({ inner, limits }), world({ inner, limits })];
  },
};

/** N asked at once, spread over the instances. */
const volley = <T>(all: readonly [World, ...World[]], n: number, ask: (w: World, index: number) => Promise<T>) =>
  Promise.all(times(n, (index) => ask(all[index % all.length] ?? all[0], index)));

describe.each(Object.keys(instances))('RL-04 RL-12 S10: of 10 N at once exactly N are let through: %s', (name) => {
  const make = instances[name] ?? (() => [world()] as const);
  const evaluatedBy = (all: readonly World[]) => all.reduce((sum, w) => sum + evaluated(w), 0);

  it('login_pair: five guesses at one account by one address', async () => {
    const all = make({ login_ip: unlimited });
    const answers = await volley(all, 50, (w) => guess(w, '192.0.2.1'));
    expect(codesOf(answers)).toEqual({ '401 invalid_credentials': 5, '429 rate_limited': 45 });
    expect(evaluatedBy(all)).toBe(5);
  });

  it('login_ip: thirty guesses by one address, at as many accounts as it likes', async () => {
    const all = make();
    const answers = await volley(all, 300, (w, n) => guess(w, '192.0.2.1', `n${n}@example.com`));
    expect(codesOf(answers)).toEqual({ '401 invalid_credentials': 30, '429 rate_limited': 270 });
    expect(evaluatedBy(all)).toBe(30);
  });

  it('login_login: fifty guesses at one account by any number of addresses', async () => {
    const all = make();
    const answers = await volley(all, 500, (w, n) => guess(w, addressOf(n)));
    expect(codesOf(answers)).toEqual({ '401 invalid_credentials': 50, '429 rate_limited': 450 });
    expect(evaluatedBy(all)).toBe(50);
  });

  it('login_account: a hundred guesses at one account', async () => {
    const all = make({ login_login: unlimited });
    const answers = await volley(all, 1_000, (w, n) => guess(w, addressOf(n)));
    expect(codesOf(answers)).toEqual({ '401 invalid_credentials': 100, '429 rate_limited': 900 });
    expect(evaluatedBy(all)).toBe(100);
  });

  it('register_ip: ten registrations by one address', async () => {
    const all = make();
    const answers = await volley(all, 100, (w, n) =>
      probe(w, '/register', { body: { email: `n${n}@example.com`, password: goodPassword }, address: '192.0.2.1' }),
    );
    await Promise.all(all.map((w) => w.auth.drain()));
    expect(codesOf(answers)).toEqual({ 202: 10, '429 rate_limited': 90 });
    expect(all.flatMap((w) => w.log).filter((call) => call === 'users.create')).toHaveLength(10);
  });

  it('mail_ip: twenty links asked for by one address', async () => {
    const all = make();
    const answers = await volley(all, 200, (w, n) =>
      probe(w, '/verify-email/send', { body: { email: `n${n}@example.com` }, address: '192.0.2.1' }),
    );
    expect(codesOf(answers)).toEqual({ 202: 20, '429 rate_limited': 180 });
  });

  it('TOK-12 S21: mail_login: three mails to one recipient and purpose, and not a word about it', async () => {
    const all = make();
    const [w] = all;
    await w.browser('203.0.113.1').post('/register', { email, password: goodPassword });
    await w.auth.drain();
    const resent = await volley(all, 30, (one, n) =>
      probe(one, '/verify-email/send', { body: { email }, address: addressOf(n) }),
    );
    const registered = await volley(all, 30, (one, n) =>
      probe(one, '/register', { body: { email, password: otherPassword }, address: addressOf(100 + n) }),
    );
    await Promise.all(all.map((one) => one.auth.drain()));
    expect([codesOf(resent), codesOf(registered)]).toEqual([{ 202: 30 }, { 202: 30 }]);
    const mails = all.flatMap((one) => mailsTo(one, email));
    expect(mails.filter((type) => type === 'verify_email')).toHaveLength(1 + 3);
    expect(mails.filter((type) => type === 'register_attempt')).toHaveLength(2);
  });

  it('RL-10: reauth: five guesses at the password of a session, by step-up and change-password together', async () => {
    const all = make();
    const browser = await all[0].signedIn(email);
    const cookie = [...browser.jar].map(([key, value]) => `${key}=${value}`).join('; ');
    for (const w of all) cleared(w.log);
    const answers = await volley(all, 50, (w, n) =>
      n % 4 < 2
        ? probe(w, '/step-up', { body: { password: wrong }, headers: { cookie } })
        : probe(w, '/change-password', { body: { current: wrong, password: otherPassword }, headers: { cookie } }),
    );
    expect(codesOf(answers)).toEqual({ '401 invalid_credentials': 5, '429 rate_limited': 45 });
    expect(evaluatedBy(all)).toBe(5);
  });
});

describe('guessing', () => {
  it('RL-08 S11: right passwords for an own account give back nothing of the guesses at another', async () => {
    const w = world({ limits: { login_ip: unlimited, login_login: unlimited } });
    await w.confirmed('mallory@example.com');
    await w.confirmed(email);
    cleared(w.log);
    const guesses = [];
    for (const _round of times(50, (n) => n)) {
      for (const _n of times(4, (n) => n)) guesses.push(await guess(w, '192.0.2.1'));
      const own = await probe(w, '/login', {
        body: { email: 'mallory@example.com', password: goodPassword },
        address: '192.0.2.1',
      });
      expect(own.status).toBe(200);
      await w.auth.drain();
    }
    expect(codesOf(guesses)).toEqual({ '401 invalid_credentials': 5, '429 rate_limited': 195 });
  });

  it('RL-08 S11: nor of the budget of the address, whoever signs in from it', async () => {
    const w = world();
    await w.confirmed('mallory@example.com');
    const answers = [];
    for (const n of times(20, (index) => index)) {
      answers.push(await guess(w, '192.0.2.1', `n${n}@example.com`));
      answers.push(
        await probe(w, '/login', {
          body: { email: 'mallory@example.com', password: goodPassword },
          address: '192.0.2.1',
        }),
      );
      await w.auth.drain();
    }
    expect(codesOf(answers)).toEqual({ '401 invalid_credentials': 15, 200: 15, '429 rate_limited': 10 });
  });

  it('RL-08 S11: nor of the account of a hundred, nor of the brake of fifty', async () => {
    const w = world({ limits: { login_login: { burst: 80 } } });
    await w.confirmed('mallory@example.com');
    await w.confirmed(email);
    const answers = [];
    for (const n of times(100, (index) => index)) {
      answers.push(await guess(w, addressOf(n)));
      await probe(w, '/login', {
        body: { email: 'mallory@example.com', password: goodPassword },
        address: addressOf(n),
      });
      await w.auth.drain();
    }
    expect(codesOf(answers)).toEqual({ '401 invalid_credentials': 80, '429 rate_limited': 20 });
  });

  it("RL-08: the owner's success gives his own pair back, and nothing of the brake", async () => {
    const w = world({ limits: { login_login: { burst: 12, refillMs: minutes(60) } } });
    await w.confirmed(email);
    const right = () => probe(w, '/login', { body: { email, password: goodPassword }, address: '192.0.2.1' });
    const answers = [];
    for (const _round of times(4, (n) => n)) {
      for (const _n of times(4, (n) => n)) answers.push(await guess(w, '192.0.2.1'));
      answers.push(await right());
      await w.auth.drain();
    }
    expect(answers.map(({ status }) => status)).toEqual([
      ...[401, 401, 401, 401, 200],
      ...[401, 401, 401, 401, 200],
      ...[401, 401, 429, 429, 429],
      ...[429, 429, 429, 429, 429],
    ]);
  });

  it('RL-08: a success is not enough where the account may not sign in: a disabled one gives nothing back', async () => {
    const w = world();
    await w.confirmed(email);
    await w.auth.api.setDisabled((await userOf(w, email)).id, true);
    const answers = [];
    for (const n of times(10, (index) => index)) {
      answers.push(
        n % 2 === 0
          ? await guess(w, '192.0.2.1')
          : await probe(w, '/login', { body: { email, password: goodPassword }, address: '192.0.2.1' }),
      );
      await w.auth.drain();
    }
    expect(answers.map(({ status }) => status)).toEqual([401, 403, 401, 403, 401, 429, 429, 429, 429, 429]);
  });

  it('RL-09 S12: one guess from each of a thousand addresses: a hundred are evaluated at the most, then it is 429', async () => {
    const w = world();
    await w.confirmed(email);
    cleared(w.log);
    const answers = [];
    for (const n of times(1_000, (index) => index)) answers.push(await guess(w, addressOf(n)));
    expect(evaluated(w)).toBeLessThanOrEqual(100);
    expect(new Set(answers.slice(evaluated(w)).map(({ status }) => status))).toEqual(new Set([429]));
    expect(evaluated(w)).toBe(50);
  });

  it('RL-09 S12: spread over sixteen hours it is the hundred, and the four an hour that refill them', async () => {
    const w = world();
    await w.confirmed(email);
    cleared(w.log);
    for (const n of times(1_000, (index) => index)) {
      await guess(w, addressOf(n));
      w.clock.advance(minutes(1));
    }
    expect(evaluated(w)).toBe(100 + Math.floor(999 / 15));
  });

  it('RL-03: an unknown login has the budget of a known one, and each login its own', async () => {
    const w = world();
    await volley([w], 60, (one, n) => guess(one, addressOf(n), 'nobody@example.com'));
    expect(evaluated(w)).toBe(50);
    await volley([w], 60, (one, n) => guess(one, addressOf(n), 'somebody@example.com'));
    expect(evaluated(w)).toBe(100);
  });

  it('EMAIL-14: every spelling of a login is that login', async () => {
    const w = world();
    const spellings = [
      email,
      'VICTIM@example.com',
      ' victim@EXAMPLE.com ',
      'Victim@Example.Com',
      'vict\u0130m@example.com',
    ];
    const answers = [];
    for (const spelling of spellings.slice(0, 4)) {
      for (const _n of times(3, (n) => n)) answers.push(await guess(w, '192.0.2.1', spelling));
    }
    expect(codesOf(answers)).toEqual({ '401 invalid_credentials': 5, '429 rate_limited': 7 });
  });

  it('refused guesses cost nothing: a flood is no longer refused than its last allowed guess makes it', async () => {
    const w = world();
    for (const _n of times(5, (n) => n)) await guess(w, '192.0.2.1');
    w.clock.advance(minutes(2));
    const flood = await volley([w], 24, (one) => guess(one, '192.0.2.1'));
    expect(codesOf(flood)).toEqual({ '429 rate_limited': 24 });
    w.clock.advance(minutes(1));
    expect((await guess(w, '192.0.2.1')).status).toBe(401);
  });

  it('tries that one limit refuses take nothing from the next: nobody drains a victim from a single address', async () => {
    const w = world({ limits: { login_ip: unlimited } });
    await volley([w], 500, (one) => guess(one, '192.0.2.1'));
    cleared(w.log);
    const answers = await volley([w], 45, (one, n) => guess(one, addressOf(n)));
    expect(codesOf(answers)).toEqual({ '401 invalid_credentials': 45 });
  });
});

describe('Retry-After', () => {
  const cases = {
    login_pair: { n: 5, ask: (w: World) => guess(w, '192.0.2.1') },
    login_ip: { n: 30, ask: (w: World, n: number) => guess(w, '192.0.2.1', `n${n}@example.com`) },
    login_login: { n: 50, ask: (w: World, n: number) => guess(w, addressOf(n)) },
    register_ip: {
      n: 10,
      ask: (w: World, n: number) =>
        probe(w, '/register', { body: { email: `n${n}@example.com`, password: goodPassword }, address: '192.0.2.1' }),
    },
    mail_ip: {
      n: 20,
      ask: (w: World, n: number) =>
        probe(w, '/verify-email/send', { body: { email: `n${n}@example.com` }, address: '192.0.2.1' }),
    },
  };
  type Case = keyof typeof cases;

  const drained = async (name: Case, apart: number) => {
    const w = world();
    const { n, ask } = cases[name];
    for (const index of times(n, (i) => i)) {
      await ask(w, index);
      w.clock.advance(apart);
    }
    const refused = await ask(w, n);
    const retryAfter = Number(
      new Headers(refused.headers.map(([key, value]): [string, string] => [key, value])).get('retry-after'),
    );
    return { w, refused, retryAfter, again: (index: number) => ask(w, n + index) };
  };

  it.each(Object.keys(cases) as Case[])(
    'RL-16 %s: whole seconds, at least one, the same in header and body, and true',
    async (name) => {
      for (const apart of [0, 1, 37]) {
        const { w, refused, retryAfter, again } = await drained(name, apart);
        expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited', retryAfter } });
        expect(Number.isInteger(retryAfter) && retryAfter >= 1).toBe(true);
        w.clock.advance(seconds(retryAfter - 1));
        expect([name, apart, (await again(1)).status]).toEqual([name, apart, 429]);
        w.clock.advance(seconds(1));
        expect([name, apart, (await again(2)).status]).not.toEqual([name, apart, 429]);
      }
    },
  );

  it.each(Object.keys(cases) as Case[])(
    'RL-16 %s: to the millisecond: refused one before the refill, allowed at it',
    async (name) => {
      const { w, again } = await drained(name, 0);
      w.clock.advance(defaultPolicies[name].refillMs - 1);
      expect((await again(1)).status).toBe(429);
      w.clock.advance(1);
      expect((await again(2)).status).not.toBe(429);
      expect((await again(3)).status).toBe(429);
    },
  );

  it('RL-05: traffic every second does not put the next allowed guess off', async () => {
    const w = world();
    for (const _n of times(5, (n) => n)) await guess(w, '192.0.2.1');
    const statuses = [];
    for (const _n of times(180, (n) => n)) {
      w.clock.advance(seconds(1));
      statuses.push((await guess(w, '192.0.2.1')).status);
    }
    expect(statuses.indexOf(401)).toBe(179);
  });
});

describe('order and outages', () => {
  it('RL-14: login: every take comes before the look-up and the hash, and a refused one has neither', async () => {
    const w = world();
    await guess(w, '192.0.2.1');
    const allowed = await guess(w, '192.0.2.1');
    expect(allowed.work).toEqual([
      ...times(4, () => 'limits.take'),
      'users.findByLoginKey',
      'credential.get',
      'verify',
    ]);
    for (const _n of times(3, (n) => n)) await guess(w, '192.0.2.1');
    expect((await guess(w, '192.0.2.1')).work).toEqual(['limits.take', 'limits.take']);
  });

  it('RL-14: registration and resending: the same', async () => {
    const w = world();
    const register = () =>
      probe(w, '/register', { body: { email: 'x@example.com', password: goodPassword }, address: '192.0.2.1' });
    const resend = () => probe(w, '/verify-email/send', { body: { email: 'x@example.com' }, address: '192.0.2.1' });
    expect((await register()).work.slice(0, 4)).toEqual(['limits.take', 'limits.take', 'hash', 'users.findByLoginKey']);
    for (const _n of times(9, (n) => n)) await register();
    expect((await register()).work).toEqual(['limits.take']);
    expect((await resend()).work.slice(0, 3)).toEqual(['limits.take', 'limits.take', 'users.findByLoginKey']);
    for (const _n of times(19, (n) => n)) await resend();
    expect((await resend()).work).toEqual(['limits.take']);
  });

  it("RL-14: the application's hook and the breach service are asked after the limit, not before it", async () => {
    const asked: string[] = [];
    const w = world({
      hooks: {
        beforeRegister: async () => {
          asked.push('hook');
          return null;
        },
      },
      breach: {
        isBreached: async () => {
          asked.push('breach');
          return false;
        },
      },
    });
    await volley([w], 100, (one, n) =>
      probe(one, '/register', { body: { email: `n${n}@example.com`, password: goodPassword }, address: '192.0.2.1' }),
    );
    expect(asked.filter((who) => who === 'breach')).toHaveLength(10);
    expect(asked.filter((who) => who === 'hook')).toHaveLength(10);
  });

  it('RL-14: step-up and change-password: the take comes before the hash', async () => {
    const w = world();
    const browser = await w.signedIn(email);
    const cookie = [...browser.jar].map(([key, value]) => `${key}=${value}`).join('; ');
    const { work } = await probe(w, '/step-up', { body: { password: wrong }, headers: { cookie } });
    expect(work.indexOf('limits.take')).toBeLessThan(work.indexOf('verify'));
    const change = await probe(w, '/change-password', {
      body: { current: wrong, password: otherPassword },
      headers: { cookie },
    });
    expect(change.work.indexOf('limits.take')).toBeLessThan(change.work.indexOf('verify'));
    expect(change.work).not.toContain('hash');
  });

  const limiterDown = (options: Parameters<typeof world>[0] = {}) =>
    world({
      ...options,
      instruments: {
        before: async (call) => {
          if (call === 'limits.take')
            throw new StoreUnavailableError(call, { cause: new Error('redis: ECONNREFUSED') });
        },
        after: async () => {},
      },
    });

  it('RL-13: while the limiter is down nobody is let in, and it is a 503 with Retry-After: no 429, no 401', async () => {
    const inner = memoryStores();
    const up = world({ inner });
    const browser = await up.signedIn(email);
    const w = limiterDown({ inner });
    for (const [path, body] of [
      ['/login', { email, password: goodPassword }],
      ['/register', { email: 'new@example.com', password: goodPassword }],
      ['/verify-email/send', { email }],
    ] as const) {
      const answer = await probe(w, path, { body });
      await w.auth.drain();
      expect([path, answer]).toMatchObject([path, { status: 503, cookies: [], work: ['limits.take'] }]);
      expect(answer.body).toMatchObject({ code: 'store_unavailable', retryAfter: 5 });
      expect(answer.headers).toContainEqual(['retry-after', '5']);
      expect(JSON.stringify(answer)).not.toContain('redis');
    }
    const stepUp = await browser.copy().post('/step-up', { password: goodPassword });
    expect(stepUp.status).toBe(200);
    expect(w.events.filter(({ code }) => code === 'store_unavailable')).toHaveLength(3);
  });

  it('RL-13: with onStoreError allow an address policy lets pass, and the ones that protect an account do not', async () => {
    const options = { limits: { login_ip: { onStoreError: 'allow' } } } as const;
    const w = limiterDown(options);
    expect((await guess(w, '192.0.2.1')).status).toBe(503);
    let down = true;
    const inner = memoryStores();
    await world({ inner }).confirmed(email);
    const half = world({
      ...options,
      inner,
      instruments: {
        before: async (call) => {
          const fails = call === 'limits.take' && down;
          down = false;
          if (fails) throw new StoreUnavailableError(call, { cause: null });
        },
        after: async () => {},
      },
    });
    const login = await probe(half, '/login', { body: { email, password: goodPassword } });
    expect(login.status).toBe(200);
    const failed = half.events.find(({ name }) => name === 'store.failed');
    expect(failed).toMatchObject({ code: 'store_unavailable', data: { policy: 'login_ip', outcome: 'allowed' } });
  });

  it('RL-13: a fault that is no outage is never let pass', async () => {
    const w = world({
      limits: { login_ip: { onStoreError: 'allow' } },
      instruments: {
        before: async (call) => {
          if (call === 'limits.take') throw new TypeError('undefined is not a function');
        },
        after: async () => {},
      },
    });
    const answer = await guess(w, '192.0.2.1');
    expect(answer).toMatchObject({ status: 500, body: { code: 'internal' }, work: ['limits.take'] });
  });

  it('RL-13: onStoreError allow is refused for a limit that is not about addresses alone', () => {
    for (const name of ['login_pair', 'login_login', 'login_device', 'login_account', 'reauth', 'mail_login']) {
      expect(() => world({ limits: { [name]: { onStoreError: 'allow' } } })).toThrow('limit_invalid');
    }
    for (const name of ['login_ip', 'register_ip', 'mail_ip']) {
      expect(() => world({ limits: { [name]: { onStoreError: 'allow' } } })).not.toThrow();
    }
  });

  it('options.limits: a policy is changed in what is named, and nothing else is', async () => {
    const w = world({ limits: { login_pair: { burst: 2 }, register_ip: { burst: 1, refillMs: seconds(10) } } });
    const guesses = await volley([w], 10, (one) => guess(one, '192.0.2.1'));
    expect(codesOf(guesses)).toEqual({ '401 invalid_credentials': 2, '429 rate_limited': 8 });
    w.clock.advance(minutes(3));
    expect((await guess(w, '192.0.2.1')).status).toBe(401);
    expect((await guess(w, '192.0.2.1')).status).toBe(429);
    const register = () => probe(w, '/register', { body: { email, password: goodPassword } });
    expect([(await register()).status, (await register()).status]).toEqual([202, 429]);
    w.clock.advance(seconds(10));
    expect((await register()).status).toBe(202);
  });

  it('ASVS 6.3.1: the defaults are those of the documents', () => {
    const rows = Object.entries(defaultPolicies).map(([name, { burst, refillMs }]) => [name, burst, refillMs / 1_000]);
    expect(rows).toEqual([
      ['login_ip', 30, 2],
      ['login_pair', 5, 180],
      ['login_login', 50, 60],
      ['login_device', 10, 900],
      ['login_account', 100, 900],
      ['reauth', 5, 180],
      ['register_ip', 10, 600],
      ['mail_login', 3, 1_200],
      ['mail_ip', 20, 300],
      ['token_refresh', 60, 10],
      ['oauth_start', 30, 10],
      ['mfa_challenge', 5, 600],
      ['mfa_user', 10, 900],
      ['mfa_notice', 1, 3_600],
    ]);
  });

  it('the store sees neither logins nor addresses, and one key for no two policies', async () => {
    const keys: string[] = [];
    const inner = memoryStores();
    const w = world({
      inner: {
        ...inner,
        rateLimits: {
          take: (key, take) => {
            keys.push(key);
            return inner.rateLimits.take(key, take);
          },
          reset: inner.rateLimits.reset,
        },
      },
    });
    await guess(w, '192.0.2.1');
    await guess(w, '192.0.2.2', 'other@example.com');
    expect(new Set(keys).size).toBe(8);
    for (const key of keys) expect(key).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
});

describe('the address of the client', () => {
  const forwarded = (clientIp: ClientIp) => world({ clientIp, limits: { login_ip: { burst: 3 } } });
  /** Whether a request shares the bucket of those before it: three may pass, the fourth of a bucket is 429. */
  const from = async (w: World, chain: string | null, peer: string | null = '10.0.0.1'): Promise<number> => {
    const headers: Record<string, string> = chain === null ? {} : { 'x-forwarded-for': chain };
    const request = requestTo(w, '/login', {
      body: { email: `n${w.log.length}@example.com`, password: wrong },
      headers,
    });
    return (await sightOf(await w.auth.handle(request, { peer }))).status;
  };
  const drain = async (w: World, chain: string | null, peer?: string | null) => {
    for (const _n of times(3, (n) => n)) expect(await from(w, chain, peer)).toBe(401);
    expect(await from(w, chain, peer)).toBe(429);
  };
  /** The address that a chain comes down to, asked of the events. */
  const addressFor = async (clientIp: ClientIp, chain: string | null, peer: string | null = '10.0.0.1') => {
    const w = world({ clientIp });
    await from(w, chain, peer);
    return w.events.find(({ name }) => name === 'login.failed')?.client.ip;
  };

  it('RL-01 S10: peer: a thousand made-up X-Forwarded-For from one socket share one bucket', async () => {
    const w = world({ clientIp: 'peer' });
    const answers = await volley([w], 1_000, (one, n) =>
      guess(one, '192.0.2.1', `n${n}@example.com`, {
        'x-forwarded-for': addressOf(n),
        'x-real-ip': addressOf(n),
        'cf-connecting-ip': addressOf(n),
        'true-client-ip': addressOf(n),
        forwarded: `for=${addressOf(n)}`,
      }),
    );
    expect(codesOf(answers)).toEqual({ '401 invalid_credentials': 30, '429 rate_limited': 970 });
  });

  it('RL-01: forwardedFor 1: only what the one proxy wrote counts, however long the client made the chain', async () => {
    const w = forwarded({ forwardedFor: 1 });
    await drain(w, '198.51.100.1');
    for (const lie of [
      '203.0.113.5, 198.51.100.1',
      '1.1.1.1, 2.2.2.2, 198.51.100.1',
      'unknown,198.51.100.1',
      ', ,198.51.100.1',
    ]) {
      expect([lie, await from(w, lie)]).toEqual([lie, 429]);
    }
    expect(await from(w, '198.51.100.1, 198.51.100.2')).toBe(401);
  });

  it.each([
    [{ forwardedFor: 1 }, '1.1.1.1, 2.2.2.2, 3.3.3.3', '3.3.3.3'],
    [{ forwardedFor: 2 }, '1.1.1.1, 2.2.2.2, 3.3.3.3', '2.2.2.2'],
    [{ forwardedFor: 3 }, '1.1.1.1, 2.2.2.2, 3.3.3.3', '1.1.1.1'],
    [{ forwardedFor: 9 }, '1.1.1.1, 2.2.2.2, 3.3.3.3', '1.1.1.1'],
    [{ forwardedFor: 2 }, '1.1.1.1, garbage, 3.3.3.3', '3.3.3.3'],
    [{ forwardedFor: 1 }, '1.1.1.1, garbage', '10.0.0.1'],
    [{ forwardedFor: 1 }, null, '10.0.0.1'],
    [{ forwardedFor: ['10.0.0.0/8'] }, '1.1.1.1, 2.2.2.2, 10.9.9.9', '2.2.2.2'],
    [{ forwardedFor: ['10.0.0.0/8'] }, '1.1.1.1, 10.2.2.2, 10.9.9.9', '1.1.1.1'],
    [{ forwardedFor: ['10.0.0.0/8'] }, '10.1.1.1, 10.2.2.2', '10.1.1.1'],
    [{ forwardedFor: ['10.0.0.1'] }, '1.1.1.1, 10.0.0.2', '10.0.0.2'],
    [{ forwardedFor: ['10.0.0.0/31', '2.2.2.0/24'] }, '1.1.1.1, 2.2.2.2', '1.1.1.1'],
    [{ forwardedFor: ['192.168.0.0/16'] }, '1.1.1.1', '10.0.0.1'],
    [{ forwardedFor: ['10.0.0.0/8'] }, '1.1.1.1, unknown, 10.3.3.3', '10.3.3.3'],
    [{ forwardedFor: ['2001:db8::/32', '10.0.0.0/8'] }, '1.1.1.1, 2001:db8::7', '1.1.1.1'],
  ] as const)('RL-01: %o and "%s": %s', async (clientIp, chain, expected) => {
    expect(await addressFor(clientIp, chain)).toBe(expected);
  });

  it.each([
    ['198.51.100.7:4711', '198.51.100.7'],
    ['"198.51.100.7:4711"', '198.51.100.7'],
    ['  198.51.100.7\t', '198.51.100.7'],
    ['"[2001:db8::1]:4711"', '2001:db8:0:0:0:0:0:1'],
    ['[2001:db8::1]', '2001:db8:0:0:0:0:0:1'],
    ['2001:DB8::1', '2001:db8:0:0:0:0:0:1'],
    ['::ffff:198.51.100.7', '198.51.100.7'],
    ['::ffff:c633:6407', '198.51.100.7'],
    ['unknown', '10.0.0.1'],
    ['_hidden', '10.0.0.1'],
    ['', '10.0.0.1'],
    ['256.1.1.1', '10.0.0.1'],
    ['1.2.3', '10.0.0.1'],
    ['1.2.3.4.5', '10.0.0.1'],
    ['0x7f.1', '10.0.0.1'],
    ['2130706433', '10.0.0.1'],
    ['0177.0.0.1', '10.0.0.1'],
    ['fe80::1%eth0', '10.0.0.1'],
    ['[2001:db8::1', '10.0.0.1'],
    ['2001:db8::1]:80', '10.0.0.1'],
    [':::', '10.0.0.1'],
    ['198.51.100.7/24', '10.0.0.1'],
    ['198.51.100.7:999999', '10.0.0.1'],
    ['<script>', '10.0.0.1'],
  ])('RL-01: the entry %s is read as %s', async (entry, expected) => {
    expect(await addressFor({ forwardedFor: 1 }, entry)).toBe(expected);
  });

  it('RL-01: a megabyte of chain is answered as its end says', async () => {
    const chain = `${'9.9.9.9, '.repeat(120_000)}198.51.100.1`;
    expect(chain.length).toBeGreaterThan(1_000_000);
    expect(await addressFor({ forwardedFor: 1 }, chain)).toBe('198.51.100.1');
    expect(await addressFor({ forwardedFor: 1 }, `${'x'.repeat(1_048_576)}`)).toBe('10.0.0.1');
    expect(await addressFor('peer', chain)).toBe('10.0.0.1');
  });

  it.each([
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff', 429],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', 401],
    ['2001:db8::1', '2001:db8:0:0:9::', 429],
    ['::ffff:198.51.100.7', '198.51.100.7', 429],
    ['198.51.100.7', '198.51.100.8', 401],
    ['fe80::1%eth0', 'fe80::2%eth1', 429],
  ])('RL-01: %s and then %s: %i (an IPv6 /64 is one client)', async (one, two, status) => {
    const w = world({ clientIp: 'peer', limits: { login_ip: { burst: 3 } } });
    await drain(w, null, one);
    expect(await from(w, null, two)).toBe(status);
  });

  it('RL-03: none: nobody shares a bucket with the world, and the limits of a login hold', async () => {
    const w = world({ clientIp: 'none' });
    const many = await volley([w], 200, (one, n) => guess(one, '192.0.2.1', `n${n}@example.com`));
    expect(codesOf(many)).toEqual({ '401 invalid_credentials': 200 });
    const one = await volley([w], 200, (instance) => guess(instance, '192.0.2.1'));
    expect(codesOf(one)).toEqual({ '401 invalid_credentials': 50, '429 rate_limited': 150 });
    expect(
      w.events.filter(({ name, code }) => name === 'config.notice' && code === 'client_address_unknown'),
    ).toHaveLength(1);
  });

  it('RL-03: a runtime that knows no peer: the same', async () => {
    const w = world({ clientIp: 'peer' });
    const many = await volley([w], 100, (one, n) => guess(one, null, `n${n}@example.com`));
    expect(codesOf(many)).toEqual({ '401 invalid_credentials': 100 });
    const one = await volley([w], 100, (instance) => guess(instance, null));
    expect(codesOf(one)).toEqual({ '401 invalid_credentials': 50, '429 rate_limited': 50 });
    const registered = await volley([w], 20, (instance, n) =>
      probe(instance, '/register', { body: { email: `r${n}@example.com`, password: goodPassword }, address: null }),
    );
    expect(codesOf(registered)).toEqual({ 202: 20 });
  });

  it('header: the one value that the platform sets, and nothing else that a client may add', async () => {
    const w = world({ clientIp: { header: 'cf-connecting-ip' }, limits: { login_ip: { burst: 3 } } });
    const ask = (headers: Record<string, string>) => guess(w, '10.0.0.1', `n${w.log.length}@example.com`, headers);
    for (const n of times(3, (index) => index)) {
      expect((await ask({ 'cf-connecting-ip': '198.51.100.1', 'x-forwarded-for': addressOf(n) })).status).toBe(401);
    }
    expect((await ask({ 'cf-connecting-ip': '198.51.100.1', 'x-forwarded-for': addressOf(9) })).status).toBe(429);
    expect((await ask({ 'cf-connecting-ip': '198.51.100.2' })).status).toBe(401);
  });

  it.each([
    ['missing', {}],
    ['garbage', { 'cf-connecting-ip': 'unknown' }],
    ['twice', { 'cf-connecting-ip': '198.51.100.1, 198.51.100.2' }],
  ])('RL-03: header: %s: the peer counts, a client does not get rid of its limits', async (_name, headers) => {
    const w = world({ clientIp: { header: 'cf-connecting-ip' }, limits: { login_ip: { burst: 3 } } });
    const answers = await volley([w], 30, (one, n) => guess(one, '10.0.0.1', `n${n}@example.com`, headers));
    expect(codesOf(answers)).toEqual({ '401 invalid_credentials': 3, '429 rate_limited': 27 });
  });
});

describe('GCRA', () => {
  /** The law of `RateLimitStore.take` once more, written from its words. */
  const model = () => {
    const stored = new Map<string, number>();
    return {
      take: (key: string, { now, incrementMs, ceilingMs }: RateTake) => {
        const before = stored.get(key) ?? 0;
        const next = (before > now ? before : now) + incrementMs;
        if (next - now > ceilingMs) return { allowed: false, tat: before };
        stored.set(key, next);
        return { allowed: true, tat: next };
      },
      reset: (key: string) => stored.delete(key),
    };
  };

  const step = fc.record({
    key: fc.constantFrom('a', 'b', 'c'),
    /** The clock jumps both ways. */
    drift: fc.oneof(
      fc.integer({ min: -5_000, max: 5_000 }),
      fc.constant(0),
      fc.integer({ min: -(10 ** 9), max: 10 ** 9 }),
    ),
    incrementMs: fc.integer({ min: 1, max: 5_000 }),
    burst: fc.integer({ min: 0, max: 8 }),
    reset: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  });

  it('B1 B3 B4: memory agrees with the model step by step, whatever the clock does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { rateLimits } = memoryStores();
        const reference = model();
        let now = 1_767_225_600_000;
        for (const { key, drift, incrementMs, burst, reset } of steps) {
          now = Math.max(0, now + drift);
          if (reset) {
            reference.reset(key);
            await rateLimits.reset(key);
          }
          const take = { now, incrementMs, ceilingMs: burst * incrementMs };
          expect(await rateLimits.take(key, take)).toEqual(reference.take(key, take));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('B1: the reference of the core agrees with the model', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const reference = model();
        const stored = new Map<string, number>();
        let now = 1_767_225_600_000;
        for (const { key, drift, incrementMs, burst } of steps) {
          now = Math.max(0, now + drift);
          const take = takeOf({ burst, refillMs: incrementMs }, now);
          const answer = gcra(stored.get(key) ?? null, take);
          if (answer.allowed) stored.set(key, answer.tat);
          expect(answer).toEqual(reference.take(key, take));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('in any window of time no more than the burst and what was refilled is allowed', () => {
    const rates = fc.record({ burst: fc.integer({ min: 1, max: 20 }), refillMs: fc.integer({ min: 1, max: 10_000 }) });
    fc.assert(
      fc.property(rates, fc.array(fc.integer({ min: 0, max: 4_000 }), { maxLength: 200 }), (rate, gaps) => {
        let tat: number | null = null;
        let now = 1_767_225_600_000;
        const allowedAt: number[] = [];
        for (const gap of gaps) {
          now += gap;
          const answer = gcra(tat, takeOf(rate, now));
          if (!answer.allowed) continue;
          tat = answer.tat;
          allowedAt.push(now);
        }
        for (const [first, from] of allowedAt.entries()) {
          for (let last = first; last < allowedAt.length; last += 1) {
            const within = (allowedAt[last] ?? from) - from;
            expect(last - first + 1).toBeLessThanOrEqual(rate.burst + Math.floor(within / rate.refillMs));
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('RL-16: the wait that is told is exact: refused one millisecond before, allowed at it', () => {
    const rates = fc.record({ burst: fc.integer({ min: 1, max: 20 }), refillMs: fc.integer({ min: 1, max: 10_000 }) });
    fc.assert(
      fc.property(rates, fc.integer({ min: 0, max: 200_000 }), (rate, lead) => {
        const now = 1_767_225_600_000;
        const take = takeOf(rate, now);
        const { allowed, tat } = gcra(now + lead, take);
        fc.pre(!allowed);
        const wait = waitAfterRefusal(tat, take);
        expect(gcra(tat, takeOf(rate, now + wait)).allowed).toBe(true);
        expect(gcra(tat, takeOf(rate, now + wait - 1)).allowed).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('B2: ten times the burst at once on a fresh key: the burst is allowed', async () => {
    const { rateLimits } = memoryStores();
    const take = takeOf({ burst: 7, refillMs: 1_000 }, 1_767_225_600_000);
    const answers = await Promise.all(times(70, () => rateLimits.take('k', take)));
    expect(answers.filter(({ allowed }) => allowed)).toHaveLength(7);
  });
});

describe('the memory of the limiter', () => {
  const now = 1_767_225_600_000;
  const rate = { burst: 5, refillMs: minutes(3) };
  const take = (at: number) => takeOf(rate, at);

  /** How many of these keys it still knows: one that it forgot has a full allowance. */
  const known = async (limits: ReturnType<typeof memoryStores>['rateLimits'], keys: readonly string[]) => {
    let count = 0;
    for (const key of keys) {
      const { tat } = await limits.take(key, { now, incrementMs: rate.refillMs, ceilingMs: 0 });
      if (tat > 0) count += 1;
    }
    return count;
  };

  it('RL-11 S10: a hundred and fifty thousand keys leave no more than the cap', async () => {
    const { rateLimits } = memoryStores({ maxRateKeys: 1_000 });
    const keys = times(150_000, (n) => `key-${n}`);
    let refused = 0;
    for (const key of keys) refused += (await rateLimits.take(key, take(now))).allowed ? 0 : 1;
    expect(refused).toBe(0);
    const left = await known(rateLimits, keys);
    expect(left).toBeLessThanOrEqual(1_000);
    expect(left).toBeGreaterThanOrEqual(900);
  });

  it('RL-11: a bucket that somebody emptied outlives a flood of fresh keys', async () => {
    const { rateLimits } = memoryStores({ maxRateKeys: 1_000 });
    for (const _n of times(5, (n) => n)) expect((await rateLimits.take('victim', take(now))).allowed).toBe(true);
    for (const n of times(150_000, (index) => index))
      await rateLimits.take(`flood-${n}`, take(now + Math.floor(n / 1_000)));
    expect((await rateLimits.take('victim', take(now + 150))).allowed).toBe(false);
  });

  it('RL-11: keys whose allowance is full again go first', async () => {
    const { rateLimits } = memoryStores({ maxRateKeys: 1_000 });
    const old = times(500, (n) => `old-${n}`);
    const young = times(500, (n) => `young-${n}`);
    for (const key of old) await rateLimits.take(key, take(now - minutes(10)));
    for (const key of young) await rateLimits.take(key, take(now));
    await rateLimits.take('one more', take(now));
    expect(await known(rateLimits, old)).toBe(0);
    expect(await known(rateLimits, young)).toBe(500);
  });

  it('a refused take makes no key, and a reset forgets one', async () => {
    const { rateLimits } = memoryStores();
    const never = { now, incrementMs: 10, ceilingMs: 5 };
    expect(await rateLimits.take('k', never)).toEqual({ allowed: false, tat: 0 });
    await rateLimits.take('k', take(now));
    await rateLimits.reset('k');
    expect(await rateLimits.take('k', never)).toEqual({ allowed: false, tat: 0 });
  });

  it('a login limit under attack from a hundred thousand logins still holds for the one that was drained', async () => {
    const w = world({ inner: memoryStores({ maxRateKeys: 2_000 }), limits: { login_ip: unlimited } });
    for (const n of times(50, (index) => index)) expect((await guess(w, addressOf(n))).status).toBe(401);
    const { rateLimits } = w.stores;
    for (const n of times(100_000, (index) => index)) {
      await rateLimits.take(`flood-${n}`, takeOf(defaultPolicies.login_login, w.clock.now()));
    }
    expect((await guess(w, addressOf(99_999))).status).toBe(429);
  });
});

describe('what is never limited', () => {
  it('a session check takes nothing', async () => {
    const w = world();
    const browser = await w.signedIn(email);
    cleared(w.log);
    for (const _n of times(50, (n) => n)) {
      await w.auth.authenticate(browser.headers());
      await browser.get('/session');
      await browser.get('/sessions');
    }
    expect(w.log.filter((call) => call.startsWith('limits.'))).toEqual([]);
  });

  it('a second account of the same people is not in the way of the first: the buckets are of one user', async () => {
    const w = world();
    const alice = await w.signedIn(email);
    const bob = await w.signedIn('bob@example.com');
    for (const _n of times(8, (n) => n)) await bob.post('/step-up', { password: wrong });
    expect((await bob.post('/step-up', { password: goodPassword })).status).toBe(429);
    expect((await alice.post('/step-up', { password: goodPassword })).status).toBe(200);
  });

  it('a drained reauth bucket locks nobody out of a login', async () => {
    const w = world();
    const browser = await w.signedIn(email);
    for (const _n of times(8, (n) => n)) await browser.post('/step-up', { password: wrong });
    expect((await w.browser('203.0.113.1').post('/login', { email, password: goodPassword })).status).toBe(200);
  });

  it('a passwordless account is limited like any other', async () => {
    const w = world();
    const now = w.clock.now();
    await w.stores.users.create({
      id: 'usr_x',
      version: 1,
      loginKey: email,
      email,
      emailVerifiedAt: now,
      createdAt: now,
      profile: {},
    });
    await credentialsOf(w).create(newCredential('usr_x', null));
    const answers = await volley([w], 20, (one) => guess(one, '192.0.2.1'));
    expect(codesOf(answers)).toEqual({ '401 invalid_credentials': 5, '429 rate_limited': 15 });
  });
});
