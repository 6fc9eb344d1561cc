import { describe, expect, it } from 'vitest';
import { type AuthProblem, type CredentialRecord, password, type Stores, totp } from '../src/index.ts';
import {
  type Browser,
  crashAt,
  goodPassword,
  newBrowser,
  type TestClock,
  testClock,
  type World,
  world,
} from './harness.ts';
import { type App, appOf, enrol, factorsOf, halfway, second, stepMs } from './second-factor.ts';
import { areInMemory, freshStores } from './stores.ts';

const email = 'ann@example.org';
const features = [password(), totp({ issuer: 'Example', trustedDevices: true })];

interface Before {
  readonly inner: Stores;
  readonly clock: TestClock;
  readonly userId: string;
  readonly own: ReadonlyMap<string, string>;
  /** The first app and its codes; what `prepare` has made. */
  readonly app: App | null;
  readonly codes: readonly string[];
  readonly made: Made;
}

interface Made {
  readonly app?: App;
  readonly challenge?: string;
  readonly id?: string;
}

interface Flow {
  readonly name: string;
  readonly from: 'one factor' | 'no factor';
  readonly success: number;
  prepare?(w: World, before: Before, own: Browser): Promise<Made>;
  act(w: World, own: Browser, before: Before): Promise<{ readonly status: number }>;
  /** What must hold wherever it died, and the user's next move. `answered`: the dying process said that it is done. */
  next(w: World, before: Before, died: { readonly answered: boolean; readonly own: Browser }): Promise<void>;
}

const code = (app: App | null | undefined): string => app?.code() ?? 'no app';
const credentialIn = async ({ inner, userId }: Before): Promise<CredentialRecord> => {
  const record = await inner.durable.open<CredentialRecord>('credential').get(userId);
  if (record === null) throw new Error('no credential record');
  return record;
};
const loginOf = async (
  w: World,
): Promise<{ readonly browser: Browser; readonly body: { readonly status: string; readonly challenge: string } }> => {
  const browser = newBrowser(w.auth, '192.0.2.70');
  return { browser, body: (await browser.post('/login', { email, password: goodPassword })).body };
};
/** The status of a sign-in with the password and that code. */
const twice = async (w: World, shown: string, method: 'totp' | 'recovery_code' = 'totp'): Promise<number> => {
  const { browser, body } = await loginOf(w);
  return (await second({ browser, challenge: body.challenge }, shown, method)).status;
};
const isSignedIn = async (w: World, browser: Browser): Promise<boolean> =>
  (await w.auth.authenticate(browser.headers())) !== null;

/** Every factor that is named exists, whoever has one has codes, and nobody has codes alone. */
const expectSound = async (w: World, before: Before): Promise<readonly string[]> => {
  const { factors } = await credentialIn(before);
  const records = await Promise.all(factors.map((id) => factorsOf(w).get(id)));
  const types = records.map((record) => (record?.confirmedAt === null ? 'proposed' : (record?.type ?? 'missing')));
  expect(types.filter((type) => type !== 'totp')).toEqual(factors.length === 0 ? [] : ['recovery']);
  return factors;
};

const flows: readonly Flow[] = [
  {
    name: 'enrol',
    from: 'no factor',
    success: 201,
    act: (_w, own) => own.post('/mfa/totp'),
    next: async (w, before) => {
      expect(await expectSound(w, before)).toEqual([]);
      const { browser, body } = await loginOf(w);
      expect(body.status).toBe('signed_in');
      const { app } = await enrol(w, browser);
      expect(await twice(w, app.code())).toBe(200);
    },
  },
  {
    name: 'confirm',
    from: 'no factor',
    success: 200,
    prepare: async (w, _before, own) => ({ app: appOf(w, await own.post('/mfa/totp')) }),
    act: (_w, own, { made }) => own.post(`/mfa/totp/${made.app?.id}/confirm`, { code: code(made.app) }),
    next: async (w, before, { answered, own }) => {
      const { app } = before.made;
      const named = (await expectSound(w, before)).length > 0;
      if (answered) expect([named, await isSignedIn(w, own)]).toEqual([true, true]);
      const old = newBrowser(w.auth, '198.51.100.7', new Map(before.own));
      // Either it is required and the session of before is dead, or nothing has changed.
      expect([(await loginOf(w)).body.status, await isSignedIn(w, old)]).toEqual([
        named ? 'mfa_required' : 'signed_in',
        !named,
      ]);
      if (!named) {
        const first = await old.post(`/mfa/totp/${app?.id}/confirm`, { code: code(app) });
        expect([200, 401]).toContain(first.status);
        before.clock.advance(stepMs);
        if (first.status === 401)
          expect((await old.post(`/mfa/totp/${app?.id}/confirm`, { code: code(app) })).status).toBe(200);
      }
      await expectSound(w, before);
      before.clock.advance(stepMs);
      const { browser, body } = await loginOf(w);
      expect((await second({ browser, challenge: body.challenge }, code(app))).status).toBe(200);
      // Codes that nobody has seen are made anew.
      const { recoveryCodes } = (await browser.post('/mfa/recovery-codes')).body;
      expect(await twice(w, recoveryCodes[0], 'recovery_code')).toBe(200);
    },
  },
  {
    name: 'confirm in the place of a lost app',
    from: 'one factor',
    success: 200,
    prepare: async (w, { codes }, own) => {
      const way = await halfway(w, email, own);
      expect((await second(way, codes[9] ?? '', 'recovery_code')).status).toBe(200);
      return { app: appOf(w, await own.post('/mfa/totp')) };
    },
    act: (_w, own, { made }) => own.post(`/mfa/totp/${made.app?.id}/confirm`, { code: code(made.app) }),
    next: async (w, before, { answered }) => {
      const { app, made, codes } = before;
      const replaced = (await expectSound(w, before)).includes(made.app?.id ?? '');
      if (answered) expect(replaced).toBe(true);
      before.clock.advance(stepMs);
      expect(await twice(w, code(app))).toBe(replaced ? 401 : 200);
      expect(await twice(w, codes[0] ?? '', 'recovery_code')).toBe(replaced ? 401 : 200);
      if (!replaced) {
        const old = newBrowser(w.auth, '198.51.100.7', new Map(before.own));
        const again = await old.post(`/mfa/totp/${made.app?.id}/confirm`, { code: code(made.app) });
        expect(again.status).toBe(200);
        before.clock.advance(stepMs);
        expect(await twice(w, code(app))).toBe(401);
      }
      expect(await twice(w, code(made.app))).toBe(200);
      await expectSound(w, before);
    },
  },
  ...(['the last', 'one of two'] as const).map(
    (which): Flow => ({
      name: `remove ${which}`,
      from: 'one factor',
      success: 204,
      prepare: async (w, _before, own) => (which === 'the last' ? {} : { app: (await enrol(w, own)).app }),
      act: (_w, own, { app }) => own.delete(`/mfa/${app?.id}`),
      next: async (w, before, { answered }) => {
        const { app, made } = before;
        const removed = !(await expectSound(w, before)).includes(app?.id ?? '');
        if (answered) expect(removed).toBe(true);
        const isFree = removed && made.app === undefined;
        expect((await loginOf(w)).body.status).toBe(isFree ? 'signed_in' : 'mfa_required');
        if (!isFree) expect(await twice(w, code(app))).toBe(removed ? 401 : 200);
        if (!removed) {
          before.clock.advance(2 * stepMs);
          const { browser, body } = await loginOf(w);
          expect((await second({ browser, challenge: body.challenge }, code(app))).status).toBe(200);
          expect((await browser.delete(`/mfa/${app?.id}`)).status).toBe(204);
        }
        await w.auth.drain();
        if (made.app === undefined) expect((await loginOf(w)).body.status).toBe('signed_in');
        else expect(await twice(w, made.app.code(1))).toBe(200);
      },
    }),
  ),
  ...(['totp', 'recovery_code'] as const).map(
    (method): Flow => ({
      name: `login/mfa with ${method}`,
      from: 'one factor',
      success: 200,
      prepare: async (w, _before, own) => ({ challenge: (await halfway(w, email, own)).challenge }),
      act: (_w, own, { made, app, codes }) =>
        own.post('/login/mfa', {
          ...{ challenge: made.challenge, method, code: method === 'totp' ? code(app) : codes[0] },
          trust: method === 'totp',
        }),
      next: async (w, before, { answered, own }) => {
        const { app, codes, made } = before;
        if (answered) expect(await isSignedIn(w, own)).toBe(true);
        const used = method === 'totp' ? code(app) : (codes[0] ?? '');
        const browser = newBrowser(w.auth, '192.0.2.71');
        const again = await second({ browser, challenge: made.challenge ?? '' }, used, method);
        // No code lets in twice; one that was looked at by a dying process is used up.
        expect(answered ? [401] : [200, 401]).toContain(again.status);
        if (again.status === 200) expect(await twice(w, used, method)).toBe(401);
        before.clock.advance(2 * stepMs);
        const next = method === 'totp' ? code(app) : (codes[1] ?? '');
        const there = await second({ browser, challenge: made.challenge ?? '' }, next, method);
        if (there.status !== 200) {
          expect(there.body.code).toBe('challenge_expired');
          expect(await twice(w, next, method)).toBe(200);
        }
        before.clock.advance(2 * stepMs);
        expect(await twice(w, code(app))).toBe(200);
        await expectSound(w, before);
      },
    }),
  ),
  {
    name: 'recovery codes anew',
    from: 'one factor',
    success: 200,
    act: (_w, own) => own.post('/mfa/recovery-codes'),
    next: async (w, before, { answered }) => {
      const { app, codes, own } = before;
      await expectSound(w, before);
      const old = await twice(w, codes[0] ?? '', 'recovery_code');
      expect(answered ? [401] : [200, 401]).toContain(old);
      // The session has not ended: the same click again.
      const again = await newBrowser(w.auth, '198.51.100.7', new Map(own)).post('/mfa/recovery-codes');
      expect(again.status).toBe(200);
      expect(await twice(w, codes[1] ?? '', 'recovery_code')).toBe(401);
      expect(await twice(w, again.body.recoveryCodes[0], 'recovery_code')).toBe(200);
      expect(await twice(w, code(app))).toBe(200);
    },
  },
  {
    name: 'factors taken away by server code',
    from: 'one factor',
    success: 204,
    act: (w, _own, { userId }) =>
      w.auth.api.resetFactors(userId).then(
        () => ({ status: 204 }),
        (error) => ({ status: (error as AuthProblem).problem.status }),
      ),
    next: async (w, before, { answered, own }) => {
      const gone = (await expectSound(w, before)).length === 0;
      if (answered) expect(gone).toBe(true);
      expect([(await loginOf(w)).body.status, await isSignedIn(w, own)]).toEqual([
        gone ? 'signed_in' : 'mfa_required',
        !gone,
      ]);
      await w.auth.api.resetFactors(before.userId);
      expect((await loginOf(w)).body.status).toBe('signed_in');
    },
  },
  {
    name: 'step-up with a code',
    from: 'one factor',
    success: 200,
    act: (_w, own, { app }) => own.post('/step-up', { method: 'totp', code: code(app) }),
    next: async (w, before, { answered, own }) => {
      const old = newBrowser(w.auth, '198.51.100.7', new Map(before.own));
      if (answered) expect([await isSignedIn(w, own), await isSignedIn(w, old)]).toEqual([true, false]);
      before.clock.advance(2 * stepMs);
      if (await isSignedIn(w, old))
        expect((await old.post('/step-up', { method: 'totp', code: code(before.app) })).status).toBe(200);
      else expect(await twice(w, code(before.app))).toBe(200);
    },
  },
];

const limits = { login_pair: { burst: 1_000 }, mfa_user: { burst: 1_000 }, login_login: { burst: 1_000 } };

const begin = async (flow: Flow): Promise<Before> => {
  const inner = freshStores();
  const clock = testClock();
  const w = world({ inner, clock, features, limits });
  const own = await w.signedIn(email);
  const userId = (await inner.users.findByLoginKey(email))?.id ?? '';
  const enrolled = flow.from === 'one factor' ? await enrol(w, own) : null;
  const start: Before = {
    ...{ inner, clock, userId, own: own.jar, app: enrolled?.app ?? null, codes: enrolled?.codes ?? [], made: {} },
  };
  const made = (await flow.prepare?.(w, start, own)) ?? {};
  await w.auth.drain();
  return { ...start, made, own: new Map(own.jar) };
};

const live = async (flow: Flow, n: number, when: 'before' | 'after') => {
  const before = await begin(flow);
  const { inner, clock } = before;
  const crash = crashAt(n, when);
  const dying = world({ inner, clock, features, limits, instruments: crash });
  const own = newBrowser(dying.auth, '198.51.100.7', new Map(before.own));
  const { status } = await flow.act(dying, own, before);
  await dying.auth.drain();
  const fired = crash.fired();
  expect(fired ? [flow.success, 503] : [flow.success]).toContain(status);
  const answered = status === flow.success;
  crash.heal();
  // By turns the process that lived through the outage, and another one.
  const w = n % 2 === 0 ? dying : world({ inner, clock, features, limits });
  await flow.next(w, before, { answered, own });
  await w.auth.drain();
  return { fired, answered };
};

/** What a store holds after a call it held before the next one: real servers are asked once for each. */
const moments = areInMemory() ? (['before', 'after'] as const) : (['after'] as const);

describe.each(moments)('INJ-14: a process that dies %s any store call', (when) => {
  it.each(flows)('$name', async (flow) => {
    const answers: boolean[] = [];
    let n = 1;
    for (; n < 40; n += 1) {
      const { fired, answered } = await live(flow, n, when);
      if (!fired) break;
      answers.push(answered);
    }
    expect([n > 3, n < 40, answers[0]]).toEqual([true, true, false]);
    const first = answers.indexOf(true);
    if (first >= 0 && areInMemory()) expect(answers.slice(first).every(Boolean)).toBe(true);
  });
});
