import { describe, expect, it } from 'vitest';
import { goodPassword, type World, type WorldOptions } from './harness.ts';
import { addressOf, codesOf, credentialsOf, isAlive, sessionCookieOf, sessionsOf, times, userOf } from './probes.ts';
import {
  type App,
  appOf,
  enrol,
  eventsOf,
  factorsOf,
  halfway,
  heldMfaWorld,
  mfaWorld,
  second,
  stepMs,
  withFactor,
  wrongCode,
} from './second-factor.ts';
import { areInMemory, freshStores } from './stores.ts';

const email = 'ann@example.com';
const roomy: WorldOptions = {
  limits: {
    ...{ login_pair: { burst: 1_000 }, login_login: { burst: 1_000 }, login_account: { burst: 1_000 } },
    ...{ login_ip: { burst: 1_000 }, mfa_user: { burst: 1_000 } },
  },
};

/** Two processes on the same stores. */
const pair = (options: WorldOptions = {}): readonly [World, World] => {
  const inner = freshStores();
  const first = mfaWorld({ ...options, inner });
  return [first, mfaWorld({ ...options, inner, clock: first.clock })];
};

const challenges = async (w: World, n: number) => {
  const ways = [];
  for (const address of times(n, addressOf)) ways.push(await halfway(w, email, w.browser(address)));
  return ways;
};

const sessionsLeft = async (w: World): Promise<number> => {
  const { id } = await userOf(w, email);
  return (await sessionsOf(w).listByUser(id)).filter(({ amr }) => amr.includes('otp')).length;
};

describe('MFA-01 S5: a code opens once', () => {
  it('not the same again, nor that of the step before, in another challenge', async () => {
    const w = mfaWorld(roomy);
    const { app } = await withFactor(w, email);
    const used = app.code(1);
    expect((await second(await halfway(w, email), used)).status).toBe(200);
    for (const code of [used, app.code(0), app.code(-1)])
      expect((await second(await halfway(w, email), code)).body.code).toBe('mfa_code_invalid');
    w.clock.advance(stepMs);
    expect((await second(await halfway(w, email), used)).status).toBe(401);
    w.clock.advance(stepMs);
    expect((await second(await halfway(w, email), used)).status).toBe(401);
    expect((await second(await halfway(w, email), app.code())).status).toBe(200);
  });

  it('not right after it has proved the factor', async () => {
    const w = mfaWorld();
    const browser = await w.signedIn(email);
    const app = appOf(w, await browser.post('/mfa/totp'));
    const code = app.code();
    expect((await browser.post(`/mfa/totp/${app.id}/confirm`, { code })).status).toBe(200);
    expect((await second(await halfway(w, email), code)).body.code).toBe('mfa_code_invalid');
    expect((await browser.post('/step-up', { method: 'totp', code })).body.code).toBe('mfa_code_invalid');
    w.clock.advance(stepMs);
    expect((await second(await halfway(w, email), app.code())).status).toBe(200);
  });

  it('not at a step-up after a sign-in, nor the other way round', async () => {
    const w = mfaWorld();
    const { browser, app } = await withFactor(w, email);
    const code = app.code();
    expect((await browser.post('/step-up', { method: 'totp', code })).status).toBe(200);
    expect((await second(await halfway(w, email), code)).status).toBe(401);
    w.clock.advance(stepMs);
    const next = app.code();
    expect((await second(await halfway(w, email), next)).status).toBe(200);
    expect((await browser.post('/step-up', { method: 'totp', code: next })).status).toBe(401);
  });

  it('MFA-03: of twenty at once in one challenge one is let in, in two processes', async () => {
    const [a, b] = pair(roomy);
    const { app } = await withFactor(a, email);
    const way = await halfway(a, email);
    const before = await sessionsLeft(a);
    const code = app.code();
    const answers = await Promise.all(
      times(20, (n) => second({ ...way, browser: (n % 2 === 0 ? a : b).browser(addressOf(n)) }, code)),
    );
    expect(codesOf(answers)['200']).toBe(1);
    expect(answers.filter(({ status }) => status !== 200).every(({ status }) => status === 401)).toBe(true);
    expect((await sessionsLeft(a)) - before).toBe(1);
  });

  it('MFA-03: of twenty at once, each with a challenge of its own, one is let in', async () => {
    const [a, b] = pair(roomy);
    const { app } = await withFactor(a, email);
    const ways = await challenges(a, 20);
    const before = await sessionsLeft(a);
    const code = app.code();
    const answers = await Promise.all(
      ways.map((way, n) => second({ ...way, browser: (n % 2 === 0 ? a : b).browser(addressOf(n)) }, code)),
    );
    expect(codesOf(answers)).toEqual({ 200: 1, '401 mfa_code_invalid': 19 });
    expect((await sessionsLeft(a)) - before).toBe(1);
  });

  it('of twenty confirmations at once one enrols, and there is one set of codes', async () => {
    const [a, b] = pair(roomy);
    const browser = await a.signedIn(email);
    const app = appOf(a, await browser.post('/mfa/totp'));
    const code = app.code();
    const others = times(20, (n) => {
      const other = (n % 2 === 0 ? a : b).browser(addressOf(n));
      for (const [name, value] of browser.jar) other.jar.set(name, value);
      return other;
    });
    const answers = await Promise.all(others.map((other) => other.post(`/mfa/totp/${app.id}/confirm`, { code })));
    expect(codesOf(answers)['200']).toBe(1);
    const { id } = await userOf(a, email);
    expect((await credentialsOf(a).get(id))?.factors).toHaveLength(2);
    expect(await factorsOf(a).listByUser(id)).toHaveLength(2);
  });

  it('codes of two apps at once in one challenge make one session', async () => {
    const [a, b] = pair(roomy);
    const one = await withFactor(a, email);
    const two = await enrol(a, one.browser);
    for (const round of times(5, (n) => n)) {
      const way = await halfway(a, email);
      const before = await sessionsLeft(a);
      const answers = await Promise.all([
        second({ ...way, browser: a.browser() }, one.app.code()),
        second({ ...way, browser: b.browser() }, two.app.code()),
      ]);
      expect([round, codesOf(answers)]).toEqual([round, { 200: 1, '401 challenge_expired': 1 }]);
      expect((await sessionsLeft(a)) - before).toBe(1);
      a.clock.advance(2 * stepMs);
    }
  });
});

describe('MFA-02 MFA-03: wrong codes', () => {
  /** Right and wrong codes that were looked at. */
  const evaluated = (...worlds: World[]): number =>
    worlds.flatMap((w) => [...eventsOf(w, 'mfa.code_refused'), ...eventsOf(w, 'mfa.code_accepted')]).length;

  it('of two hundred at once in one challenge five are looked at, and then it is dead for a right one', async () => {
    const [a, b] = pair({ limits: { ...roomy.limits, mfa_user: { burst: 1_000 } } });
    const { app } = await withFactor(a, email);
    const way = await halfway(a, email);
    const before = evaluated(a, b);
    for (const w of [a, b]) w.log.length = 0;
    const code = wrongCode(app);
    const answers = await Promise.all(
      times(200, (n) => second({ ...way, browser: (n % 2 === 0 ? a : b).browser(addressOf(n)) }, code)),
    );
    expect(codesOf(answers)).toEqual({ '401 mfa_code_invalid': 5, '401 challenge_expired': 195 });
    expect(evaluated(a, b) - before).toBe(5);
    // The record of the app and that of the codes, five times: nothing else was opened.
    expect([...a.log, ...b.log].filter((call) => call === 'mfa_factor.get')).toHaveLength(10);
    expect((await second(way, app.code())).body.code).toBe('challenge_expired');
  });

  it('of an account, over all challenges, apps and recovery codes, have one budget; its owner is told once', async () => {
    const w = mfaWorld({ limits: { ...roomy.limits, mfa_user: { burst: 10 } } });
    const { browser, app, codes } = await withFactor(w, email);
    const ways = await challenges(w, 5);
    const answers = [];
    for (const [n, way] of ways.entries()) {
      answers.push(await second(way, wrongCode(app)));
      answers.push(await second(way, `${'0'.repeat(25)}${n}`, 'recovery_code'));
    }
    expect(codesOf(answers)).toEqual({ '401 mfa_code_invalid': 10 });
    const [way] = ways;
    if (way === undefined) throw new Error('no challenge');
    for (const refused of [
      await second(way, app.code()),
      await second(way, codes[0] ?? '', 'recovery_code'),
      await browser.post('/step-up', { method: 'totp', code: app.code() }),
    ])
      expect([refused.status, refused.body.code, refused.body.retryAfter]).toEqual([429, 'rate_limited', 900]);
    await w.auth.drain();
    expect(w.outbox.filter(({ type }) => type === 'mfa_attempts')).toHaveLength(1);
    // The password is not locked by it: whoever does not know that cannot lock anybody out by codes.
    expect((await w.browser().post('/login', { email, password: goodPassword })).status).toBe(200);
    w.clock.advance(15 * 60_000);
    expect((await second(await halfway(w, email), app.code())).status).toBe(200);
  });

  it('are forgotten after a right one: an owner is not punished for signing in often', async () => {
    const w = mfaWorld();
    const { app } = await withFactor(w, email);
    const browser = w.browser();
    for (const time of times(25, (n) => n)) {
      const way = await halfway(w, email, browser);
      expect((await second(way, wrongCode(app))).status).toBe(401);
      expect([time, (await second(way, app.code())).status]).toEqual([time, 200]);
      await w.auth.drain();
      w.clock.advance(2 * stepMs);
    }
  });

  it('S11: the password alone gives no tries of the password back', async () => {
    const w = mfaWorld();
    await withFactor(w, email);
    const from = (n: number) => w.browser(addressOf(n));
    const statuses = [];
    for (const _ of times(6, (n) => n)) {
      statuses.push((await from(7).post('/login', { email, password: goodPassword })).status);
      await w.auth.drain();
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  });
});

describe('MFA-04: recovery codes at once', () => {
  it('the same: one of twenty; ten different ones: each once', async () => {
    const [a, b] = pair(roomy);
    const { codes } = await withFactor(a, email);
    const twenty = await challenges(a, 20);
    const world = (n: number) => (n % 2 === 0 ? a : b);
    const same = await Promise.all(
      twenty.map((way, n) => second({ ...way, browser: world(n).browser() }, codes[0] ?? '', 'recovery_code')),
    );
    expect(codesOf(same)).toEqual({ 200: 1, '401 mfa_code_invalid': 19 });
    const nine = await challenges(a, 9);
    const each = await Promise.all(
      nine.map((way, n) => second({ ...way, browser: world(n).browser() }, codes[n + 1] ?? '', 'recovery_code')),
    );
    expect(codesOf(each)).toEqual({ 200: 9 });
    const { id } = await userOf(a, email);
    const set = (await factorsOf(a).listByUser(id)).find(({ type }) => type === 'recovery');
    expect(set?.codes).toEqual([]);
  });
});

describe('changes at once', () => {
  it('a sign-in whose account loses its factor meanwhile is not let in under the old epoch', async () => {
    const w = heldMfaWorld();
    const { browser, app } = await withFactor(w, email);
    const way = await halfway(w, email);
    const held = w.hold('mfa_factor.replace', 'after');
    const slow = second(way, app.code());
    await held.reached;
    expect((await browser.delete(`/mfa/${app.id}`)).status).toBe(204);
    held.release();
    const answer = await slow;
    const { id } = await userOf(w, email);
    expect((await credentialsOf(w).get(id))?.factors).toEqual([]);
    // Let in or not, what it holds is dead: it bears the epoch of before.
    if (answer.status === 200) expect(await isAlive(w, sessionCookieOf(way.browser))).toBe(false);
    else expect(answer.status).toBe(401);
  });

  it('of two enrolments of the first factor at once one is left, or both; never one that nobody holds', async () => {
    const [a, b] = pair(roomy);
    const browser = await a.signedIn(email);
    const apps = [appOf(a, await browser.post('/mfa/totp')), appOf(a, await browser.post('/mfa/totp'))] as const;
    const other = b.browser();
    for (const [name, value] of browser.jar) other.jar.set(name, value);
    const [one, two] = await Promise.all([
      browser.post(`/mfa/totp/${apps[0].id}/confirm`, { code: apps[0].code() }),
      other.post(`/mfa/totp/${apps[1].id}/confirm`, { code: apps[1].code() }),
    ]);
    // The first to be named ends the session by which both were asked for.
    expect([one.status, two.status].sort()).toEqual([200, 401]);
    const { id } = await userOf(a, email);
    const winner: App = one.status === 200 ? apps[0] : apps[1];
    expect((await credentialsOf(a).get(id))?.factors).toContain(winner.id);
    expect((await credentialsOf(a).get(id))?.factors).toHaveLength(2);
    a.clock.advance(2 * stepMs);
    expect((await second(await halfway(a, email), winner.code())).status).toBe(200);
  });

  it('a rename that overlaps a sign-in loses neither', async () => {
    if (!areInMemory()) return expect(areInMemory()).toBe(false);
    const w = heldMfaWorld();
    const { browser, app } = await withFactor(w, email);
    const way = await halfway(w, email);
    const held = w.hold('mfa_factor.replace');
    const renaming = browser.post(`/mfa/${app.id}`, { label: 'Desk' });
    await held.reached;
    expect((await second(way, app.code())).status).toBe(200);
    held.release();
    expect((await renaming).status).toBe(204);
    expect((await browser.get('/mfa')).body.factors[0].label).toBe('Desk');
    // The step that was claimed meanwhile stays claimed.
    expect((await second(await halfway(w, email), app.code())).status).toBe(401);
  });
});
