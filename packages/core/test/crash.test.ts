import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuthProblem, type CredentialRecord, type Stores } from '../src/index.ts';
import {
  type Browser,
  crashAt,
  goodPassword,
  newBrowser,
  otherPassword,
  type TestAnswer,
  type TestClock,
  testClock,
  testHasher,
  type World,
  type WorldOptions,
  world,
} from './harness.ts';
import { areInMemory, freshStores } from './stores.ts';

const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown): void => {
  unhandled.push(reason);
};
beforeEach(() => {
  unhandled.length = 0;
  process.on('unhandledRejection', onUnhandled);
});
afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', onUnhandled);
  expect(unhandled).toEqual([]);
});

const email = 'alice@example.org';
const loginKey = email;
const third = 'a third phrase for later on';
const nextEmail = 'alice@new.example';

/** What was there before the process died: one set of stores, and who had which cookies. */
interface Before {
  readonly inner: Stores;
  readonly w: World;
  readonly own: ReadonlyMap<string, string>;
  readonly elsewhere: ReadonlyMap<string, string>;
  readonly userId: string;
  readonly epoch: number;
  readonly token: string;
  /** What `prepare` has made. */
  readonly link: string;
}

interface After {
  readonly w: World;
  readonly before: Before;
  /** What the dying process answered. */
  readonly status: number;
  /** The mails of the dying process. */
  readonly mails: World['outbox'];
  /** The cookies that the dying process left in the browser. */
  readonly own: ReadonlyMap<string, string>;
}

interface Flow {
  readonly name: string;
  readonly options?: WorldOptions;
  /** `nobody`, `registered` (with a link in the mail), or `signed in` twice. */
  readonly from: 'nobody' | 'registered' | 'signed in';
  readonly success: number;
  /** What has to be there before the process starts that will die; resolves with a link, usually. */
  prepare?(before: Before): Promise<string>;
  act(w: World, own: Browser, before: Before): Promise<number>;
  /** The user's next move, and what must hold whatever the step at which the process died. */
  next(after: After): Promise<void>;
}

const browserOf = (w: World, jar: ReadonlyMap<string, string>): Browser =>
  newBrowser(w.auth, '198.51.100.7', new Map(jar));
const isSignedIn = async (w: World, jar: ReadonlyMap<string, string>): Promise<boolean> =>
  (await w.auth.authenticate(browserOf(w, jar).headers())) !== null;
const loginStatus = async (w: World, password: string): Promise<number> =>
  (await newBrowser(w.auth, '203.0.113.1').post('/login', { email, password })).status;
const send = async (answer: Promise<TestAnswer>): Promise<number> => {
  const { status, body } = await answer;
  if (status === 503) expect(body.code).toBe('store_unavailable');
  return status;
};
const call = async (operation: Promise<unknown>): Promise<number> => {
  try {
    await operation;
    return 204;
  } catch (error) {
    expect(error).toBeInstanceOf(AuthProblem);
    return (error as AuthProblem).problem.status;
  }
};
const tokenIn = (mails: World['outbox'], wanted: World['outbox'][number]['type'] = 'verify_email'): string | null => {
  const mail = mails.findLast(({ type }) => type === wanted);
  return mail !== undefined && 'url' in mail ? new URL(mail.url ?? '').searchParams.get('token') : null;
};

/** Forgets the password and sets another: the way back of everybody who can read the mailbox. */
const resetBy = async (w: World, address: string, password: string): Promise<number> => {
  const browser = newBrowser(w.auth, '192.0.2.45');
  w.outbox.length = 0;
  expect((await browser.post('/forgot-password', { email: address })).status).toBe(202);
  await w.auth.drain();
  const token = tokenIn(w.outbox, 'reset_password');
  return token === null ? 0 : (await browser.post('/reset-password', { token, password })).status;
};
const askedFor = async (w: World, type: 'reset_password' | 'change_email' | 'email_changed'): Promise<string> => {
  await w.auth.drain();
  return tokenIn(w.outbox, type) ?? '';
};
const forgotten = async ({ w }: Before): Promise<string> => {
  await newBrowser(w.auth, '192.0.2.46').post('/forgot-password', { email });
  return askedFor(w, 'reset_password');
};
const asked = async ({ w, own }: Before): Promise<string> => {
  await browserOf(w, own).post('/change-email', { email: nextEmail });
  return askedFor(w, 'change_email');
};
const movedAway = async (before: Before): Promise<string> => {
  const token = await asked(before);
  const answer = await browserOf(before.w, before.own).post('/change-email/confirm', { token });
  expect(answer.status).toBe(204);
  return askedFor(before.w, 'email_changed');
};
const emailIn = async ({ inner, userId }: Before): Promise<string | null> =>
  (await inner.users.get(userId))?.loginKey ?? null;

/** Asks for a new link and confirms with the password: the way back of everybody who is not confirmed. */
const confirmByResend = async (w: World, password: string): Promise<number> => {
  const browser = newBrowser(w.auth, '192.0.2.44');
  w.outbox.length = 0;
  expect((await browser.post('/verify-email/send', { email })).status).toBe(202);
  await w.auth.drain();
  const token = tokenIn(w.outbox);
  return token === null ? 0 : (await browser.post('/verify-email', { token, password })).status;
};

const begin = async (flow: Flow, inner: Stores, clock: TestClock): Promise<Before> => {
  const w = world({ ...flow.options, inner, clock });
  const own = newBrowser(w.auth);
  const elsewhere = newBrowser(w.auth, '203.0.113.77');
  if (flow.from !== 'nobody') await own.post('/register', { email, password: goodPassword });
  await w.auth.drain();
  const token = tokenIn(w.outbox) ?? '';
  if (flow.from === 'signed in') {
    await own.post('/verify-email', { token });
    for (const browser of [own, elsewhere])
      expect((await browser.post('/login', { email, password: goodPassword })).status).toBe(200);
  }
  await w.auth.drain();
  const userId = (await inner.users.findByLoginKey(loginKey))?.id ?? '';
  const epoch = (await inner.durable.open<CredentialRecord>('credential').get(userId))?.epoch ?? 0;
  const before: Before = { inner, w, own: own.jar, elsewhere: elsewhere.jar, userId, epoch, token, link: '' };
  if (flow.prepare === undefined) return before;
  const link = await flow.prepare(before);
  return { ...before, link, userId: userId || ((await inner.users.findByLoginKey(loginKey))?.id ?? '') };
};

const flows: readonly Flow[] = [
  {
    name: 'register, verified',
    from: 'nobody',
    success: 202,
    act: (_w, own) => send(own.post('/register', { email, password: goodPassword })),
    next: async ({ w, before, mails }) => {
      // Whoever holds the password holds nothing before the mailbox is proved.
      expect(await loginStatus(w, goodPassword)).not.toBe(200);
      const again = newBrowser(w.auth, '192.0.2.8');
      expect((await again.post('/register', { email, password: otherPassword })).status).toBe(202);
      await w.auth.drain();
      const sent = w.outbox.map(({ type }) => type);
      expect(sent).toHaveLength(1);
      const claimed = sent[0] === 'verify_email';
      // Without this browser's cookie the new link is worth nothing to the one who came first.
      const stranger = newBrowser(w.auth, '192.0.2.9');
      const token = tokenIn(w.outbox);
      if (claimed) {
        expect((await stranger.post('/verify-email', { token, password: goodPassword })).status).toBe(401);
        expect((await again.post('/verify-email', { token })).status).toBe(204);
        expect((await again.post('/verify-email', { token })).status).toBe(400);
      } else expect(await confirmByResend(w, goodPassword)).toBe(204);
      const first = tokenIn(mails);
      if (first !== null) expect(claimed).toBe(false);
      const works = [await loginStatus(w, goodPassword), await loginStatus(w, otherPassword)];
      expect(works).toEqual(claimed ? [401, 200] : [200, 401]);
      const user = await before.inner.users.findByLoginKey(loginKey);
      expect([user?.email, user?.emailVerifiedAt === null]).toEqual([email, false]);
    },
  },
  {
    name: 'register, open',
    options: { registration: 'open' },
    from: 'nobody',
    success: 201,
    act: (_w, own) => send(own.post('/register', { email, password: goodPassword })),
    next: async ({ w, status, own }) => {
      const first = await loginStatus(w, goodPassword);
      if (status === 201) expect([first, await isSignedIn(w, own)]).toEqual([200, true]);
      else expect(await isSignedIn(w, own)).toBe(false);
      const again = newBrowser(w.auth, '192.0.2.8');
      const second = await again.post('/register', { email, password: otherPassword });
      expect([first, second.status]).toEqual(first === 200 ? [200, 409] : [401, 201]);
      expect([await loginStatus(w, goodPassword), await loginStatus(w, otherPassword)]).toEqual(
        first === 200 ? [200, 401] : [401, 200],
      );
    },
  },
  {
    name: 'register again what a crash left unclaimed',
    from: 'nobody',
    success: 202,
    act: async (w, own, { inner }) => {
      const left = { id: 'usr_left', version: 1, loginKey, email: 'ALICE@example.org', emailVerifiedAt: null };
      await inner.users.create({ ...left, createdAt: 1, profile: {} });
      return send(newBrowser(w.auth, own.address, own.jar).post('/register', { email, password: goodPassword }));
    },
    next: async ({ w, before }) => {
      const again = newBrowser(w.auth, '192.0.2.8');
      await again.post('/register', { email, password: otherPassword });
      await w.auth.drain();
      const claimed = w.outbox[0]?.type === 'verify_email';
      expect(w.outbox).toHaveLength(1);
      if (claimed) expect((await again.post('/verify-email', { token: tokenIn(w.outbox) })).status).toBe(204);
      else expect(await confirmByResend(w, goodPassword)).toBe(204);
      expect([await loginStatus(w, goodPassword), await loginStatus(w, otherPassword)]).toEqual(
        claimed ? [401, 200] : [200, 401],
      );
      expect((await before.inner.users.findByLoginKey(loginKey))?.id).toBe('usr_left');
    },
  },
  {
    name: 'verify-email',
    from: 'registered',
    success: 204,
    act: (_w, own, { token }) => send(own.post('/verify-email', { token })),
    next: async ({ w, before, status }) => {
      const isDone = async () => (await before.inner.users.get(before.userId))?.emailVerifiedAt !== null;
      const done = await isDone();
      if (status === 204) expect(done).toBe(true);
      const again = (await browserOf(w, before.own).post('/verify-email', { token: before.token })).status;
      expect([204, 400]).toContain(again);
      // A link that has worked works no more.
      if (done) expect(again).toBe(400);
      expect((await browserOf(w, before.own).post('/verify-email', { token: before.token })).status).toBe(400);
      if (!(await isDone())) expect(await confirmByResend(w, goodPassword)).toBe(204);
      expect(await loginStatus(w, goodPassword)).toBe(200);
    },
  },
  {
    name: 'verify-email with a password',
    from: 'registered',
    success: 204,
    act: (w, _own, { token }) => send(newBrowser(w.auth).post('/verify-email', { token, password: goodPassword })),
    next: async ({ w, before }) => {
      const wrong = { token: before.token, password: otherPassword };
      expect([400, 401]).toContain((await newBrowser(w.auth).post('/verify-email', wrong)).status);
      await newBrowser(w.auth).post('/verify-email', { token: before.token, password: goodPassword });
      if ((await loginStatus(w, goodPassword)) === 403) expect(await confirmByResend(w, goodPassword)).toBe(204);
      expect(await loginStatus(w, goodPassword)).toBe(200);
    },
  },
  {
    name: 'send-verification',
    from: 'registered',
    success: 202,
    act: (w) => send(newBrowser(w.auth).post('/verify-email/send', { email })),
    next: async ({ w, mails }) => {
      const token = tokenIn(mails);
      if (token !== null) {
        expect((await newBrowser(w.auth).post('/verify-email', { token, password: goodPassword })).status).toBe(204);
        expect((await newBrowser(w.auth).post('/verify-email', { token, password: goodPassword })).status).toBe(400);
      } else expect(await confirmByResend(w, goodPassword)).toBe(204);
      expect(await loginStatus(w, goodPassword)).toBe(200);
    },
  },
  {
    name: 'login, with a rehash behind it',
    options: { hasher: testHasher([], () => 1) },
    from: 'signed in',
    success: 200,
    act: (_w, own) => send(own.post('/login', { email, password: goodPassword })),
    next: async ({ w, before, status, own }) => {
      if (status === 200) {
        expect([await isSignedIn(w, own), await isSignedIn(w, before.own)]).toEqual([true, false]);
      }
      expect(await isSignedIn(w, before.elsewhere)).toBe(true);
      expect([await loginStatus(w, goodPassword), await loginStatus(w, otherPassword)]).toEqual([200, 401]);
      const credential = await before.inner.durable.open<never>('credential').get(before.userId);
      expect(credential).toMatchObject({ epoch: before.epoch, disabledAt: null });
    },
  },
  {
    name: 'logout',
    from: 'signed in',
    success: 204,
    act: (_w, own) => send(own.post('/logout')),
    next: async ({ w, before, status }) => {
      if (status === 204) expect(await isSignedIn(w, before.own)).toBe(false);
      expect((await browserOf(w, before.own).post('/logout')).status).toBe(204);
      expect([await isSignedIn(w, before.own), await isSignedIn(w, before.elsewhere)]).toEqual([false, true]);
    },
  },
  {
    name: 'logout everywhere',
    from: 'signed in',
    success: 204,
    act: (_w, own) => send(own.post('/logout', { everywhere: true })),
    next: async ({ w, before, status }) => {
      const others = await isSignedIn(w, before.elsewhere);
      expect(await isSignedIn(w, before.own)).toBe(others);
      if (status === 204) expect(others).toBe(false);
      const again = browserOf(w, before.own);
      if (!others) expect((await again.post('/login', { email, password: goodPassword })).status).toBe(200);
      expect((await again.post('/logout', { everywhere: true })).status).toBe(204);
      expect([await isSignedIn(w, before.own), await isSignedIn(w, before.elsewhere)]).toEqual([false, false]);
      expect(await loginStatus(w, goodPassword)).toBe(200);
    },
  },
  {
    name: 'revoke another session',
    from: 'signed in',
    success: 204,
    act: async (_w, own, { w, own: jar, elsewhere }) => {
      const other = (await browserOf(w, elsewhere).get('/session')).body.session.id;
      expect(await isSignedIn(w, jar)).toBe(true);
      return send(own.delete(`/sessions/${other}`));
    },
    next: async ({ w, before, status }) => {
      if (status === 204) expect(await isSignedIn(w, before.elsewhere)).toBe(false);
      const own = browserOf(w, before.own);
      const listed = (await own.get('/sessions')).body.sessions as { id: string; current: boolean }[];
      for (const { id, current } of listed)
        if (!current) expect((await own.delete(`/sessions/${id}`)).status).toBe(204);
      expect([await isSignedIn(w, before.own), await isSignedIn(w, before.elsewhere)]).toEqual([true, false]);
    },
  },
  {
    name: 'step-up',
    from: 'signed in',
    success: 200,
    act: (_w, own) => send(own.post('/step-up', { password: goodPassword })),
    next: async ({ w, before, status, own }) => {
      if (status === 200) expect([await isSignedIn(w, own), await isSignedIn(w, before.own)]).toEqual([true, false]);
      else if (await isSignedIn(w, before.own))
        expect((await browserOf(w, before.own).post('/step-up', { password: goodPassword })).status).toBe(200);
      expect(await isSignedIn(w, before.elsewhere)).toBe(true);
      expect(await loginStatus(w, goodPassword)).toBe(200);
    },
  },
  {
    name: 'change-password',
    from: 'signed in',
    success: 204,
    act: (_w, own) => send(own.post('/change-password', { current: goodPassword, password: otherPassword })),
    next: async ({ w, before, status, own }) => {
      const works = [await loginStatus(w, goodPassword), await loginStatus(w, otherPassword)];
      const changed = works[1] === 200;
      expect(works).toEqual(changed ? [401, 200] : [200, 401]);
      if (status === 204) expect([changed, await isSignedIn(w, own)]).toEqual([true, true]);
      // An old session lives only with the old password.
      expect([await isSignedIn(w, before.own), await isSignedIn(w, before.elsewhere)]).toEqual([!changed, !changed]);
      const next = newBrowser(w.auth, '192.0.2.70');
      const current = changed ? otherPassword : goodPassword;
      expect((await next.post('/login', { email, password: current })).status).toBe(200);
      expect((await next.post('/change-password', { current, password: third })).status).toBe(204);
      expect([await loginStatus(w, current), await loginStatus(w, third)]).toEqual([401, 200]);
      expect([await isSignedIn(w, before.own), await isSignedIn(w, before.elsewhere)]).toEqual([false, false]);
    },
  },
  {
    name: 'forgot-password',
    from: 'signed in',
    success: 202,
    act: (w) => send(newBrowser(w.auth).post('/forgot-password', { email })),
    next: async ({ w, before, mails }) => {
      expect(await isSignedIn(w, before.own)).toBe(true);
      const token = tokenIn(mails, 'reset_password');
      const browser = newBrowser(w.auth, '192.0.2.8');
      if (token !== null) {
        expect((await browser.post('/reset-password', { token, password: otherPassword })).status).toBe(204);
        expect((await browser.post('/reset-password', { token, password: third })).status).toBe(400);
      } else expect(await resetBy(w, email, otherPassword)).toBe(204);
      expect([await loginStatus(w, goodPassword), await loginStatus(w, otherPassword)]).toEqual([401, 200]);
    },
  },
  ...(['signed in', 'registered'] as const).map(
    (from): Flow => ({
      name: `reset-password, ${from === 'registered' ? 'address not confirmed' : 'confirmed'}`,
      from,
      success: 204,
      prepare: forgotten,
      act: (w, _own, { link }) =>
        send(newBrowser(w.auth).post('/reset-password', { token: link, password: otherPassword })),
      next: async ({ w, before, status }) => {
        const confirmed = (await before.inner.users.get(before.userId))?.emailVerifiedAt !== null;
        const works = [await loginStatus(w, goodPassword), await loginStatus(w, otherPassword)];
        const changed = works[0] === 401;
        // Exactly one password is right; who is not confirmed is not let in by it.
        expect(works).toEqual(changed ? [401, confirmed ? 200 : 403] : [confirmed ? 200 : 403, 401]);
        if (status === 204) expect([changed, confirmed]).toEqual([true, true]);
        // An old session lives only with the old password; an address is not confirmed for a stranger's password.
        if (from === 'signed in') {
          expect([await isSignedIn(w, before.own), await isSignedIn(w, before.elsewhere)]).toEqual([
            !changed,
            !changed,
          ]);
        } else if (confirmed) expect(changed).toBe(true);
        const again = await newBrowser(w.auth).post('/reset-password', { token: before.link, password: third });
        expect([204, 400]).toContain(again.status);
        if (changed) expect(again.status).toBe(400);
        if (again.status !== 204) expect(await resetBy(w, email, third)).toBe(204);
        expect(await loginStatus(w, third)).toBe(200);
        for (const old of [goodPassword, otherPassword]) expect(await loginStatus(w, old)).toBe(401);
        expect([await isSignedIn(w, before.own), await isSignedIn(w, before.elsewhere)]).toEqual([false, false]);
      },
    }),
  ),
  {
    name: 'reset-password of a user without a credential record',
    from: 'nobody',
    success: 204,
    prepare: async (before) => {
      const left = { id: 'usr_left', version: 1, loginKey, email, emailVerifiedAt: null, createdAt: 1, profile: {} };
      await before.inner.users.create(left);
      return forgotten(before);
    },
    act: (w, _own, { link }) =>
      send(newBrowser(w.auth).post('/reset-password', { token: link, password: otherPassword })),
    next: async ({ w, status }) => {
      if (status === 204) expect(await loginStatus(w, otherPassword)).toBe(200);
      else expect([200, 401, 403]).toContain(await loginStatus(w, otherPassword));
      expect(await resetBy(w, email, third)).toBe(204);
      expect([await loginStatus(w, otherPassword), await loginStatus(w, third)]).toEqual([401, 200]);
    },
  },
  {
    name: 'change-email, asked for',
    from: 'signed in',
    success: 202,
    act: (_w, own) => send(own.post('/change-email', { email: nextEmail })),
    next: async ({ w, before, mails }) => {
      expect([await isSignedIn(w, before.own), await emailIn(before)]).toEqual([true, email]);
      const own = browserOf(w, before.own);
      const token = tokenIn(mails, 'change_email') ?? (await asked({ ...before, w }));
      expect((await own.post('/change-email/confirm', { token })).status).toBe(204);
      expect([await emailIn(before), await isSignedIn(w, own.jar)]).toEqual([nextEmail, true]);
    },
  },
  {
    name: 'change-email, confirmed',
    from: 'signed in',
    success: 204,
    prepare: asked,
    act: (_w, own, { link }) => send(own.post('/change-email/confirm', { token: link })),
    next: async ({ w, before, status, mails, own }) => {
      const isMoved = (await emailIn(before)) === nextEmail;
      if (status === 204) expect([isMoved, await isSignedIn(w, own)]).toEqual([true, true]);
      const back = tokenIn(mails, 'email_changed');
      // Whoever is moved can be moved back, whatever became of the answer.
      if (isMoved) expect(back).not.toBeNull();
      if (isMoved)
        expect([await isSignedIn(w, before.own), await isSignedIn(w, before.elsewhere)]).toEqual([false, false]);
      expect(await isSignedIn(w, before.own)).toBe(await isSignedIn(w, before.elsewhere));
      const at = newBrowser(w.auth, '192.0.2.71');
      const current = isMoved ? nextEmail : email;
      expect((await at.post('/login', { email: current, password: goodPassword })).status).toBe(200);
      if (!isMoved) {
        w.outbox.length = 0;
        const token = await asked({ ...before, w, own: at.jar });
        expect((await at.post('/change-email/confirm', { token })).status).toBe(204);
        await w.auth.drain();
      }
      expect(await emailIn(before)).toBe(nextEmail);
      const token = isMoved ? back : tokenIn(w.outbox, 'email_changed');
      expect((await newBrowser(w.auth, '192.0.2.72').post('/change-email/revert', { token })).status).toBe(204);
      expect(await emailIn(before)).toBe(email);
      expect(await resetBy(w, email, third)).toBe(204);
      expect(await loginStatus(w, third)).toBe(200);
    },
  },
  {
    name: 'change-email, taken back',
    from: 'signed in',
    success: 204,
    prepare: movedAway,
    act: (w, _own, { link }) => send(newBrowser(w.auth).post('/change-email/revert', { token: link })),
    next: async ({ w, before, status }) => {
      const credential = await before.inner.durable.open<CredentialRecord>('credential').get(before.userId);
      const cleared = credential?.password === null;
      if (cleared) expect(await emailIn(before)).toBe(email);
      if (status === 204) expect(cleared).toBe(true);
      const again = await newBrowser(w.auth, '192.0.2.72').post('/change-email/revert', { token: before.link });
      expect([204, 400]).toContain(again.status);
      // Dead only once everything is done; before that the same link completes it.
      if (again.status === 400) expect(cleared).toBe(true);
      expect(await emailIn(before)).toBe(email);
      expect(await loginStatus(w, goodPassword)).toBe(401);
      expect((await newBrowser(w.auth).post('/change-email/revert', { token: before.link })).status).toBe(400);
      expect(await resetBy(w, email, third)).toBe(204);
      expect(await loginStatus(w, third)).toBe(200);
      expect([await isSignedIn(w, before.own), await isSignedIn(w, before.elsewhere)]).toEqual([false, false]);
    },
  },
  {
    name: 'change-email, taken back from somebody who registered the address since',
    from: 'signed in',
    success: 204,
    prepare: async (before) => {
      const link = await movedAway(before);
      await newBrowser(before.w.auth, '192.0.2.6').post('/register', { email, password: otherPassword });
      await before.w.auth.drain();
      return link;
    },
    act: (w, _own, { link }) => send(newBrowser(w.auth).post('/change-email/revert', { token: link })),
    next: async ({ w, before }) => {
      expect(await loginStatus(w, otherPassword)).not.toBe(200);
      const again = await newBrowser(w.auth, '192.0.2.72').post('/change-email/revert', { token: before.link });
      expect([204, 400]).toContain(again.status);
      expect(await emailIn(before)).toBe(email);
      expect([await loginStatus(w, goodPassword), await loginStatus(w, otherPassword)]).toEqual([401, 401]);
      expect(await resetBy(w, email, third)).toBe(204);
      expect(await loginStatus(w, third)).toBe(200);
    },
  },
  {
    name: 'delete the own account',
    from: 'signed in',
    success: 204,
    act: (_w, own) => send(own.delete('/account')),
    next: async ({ w, before, status }) => {
      const alive = await isSignedIn(w, before.own);
      expect(await isSignedIn(w, before.elsewhere)).toBe(alive);
      expect(alive ? [200] : [401, 403]).toContain(await loginStatus(w, goodPassword));
      if (status === 204) expect([alive, await before.inner.users.get(before.userId)]).toEqual([false, null]);
      // Nothing of an account that is half gone can be had by its mailbox.
      if (!alive) expect(await resetBy(w, email, third)).toBe(0);
      if (alive) expect((await browserOf(w, before.own).delete('/account')).status).toBe(204);
      else expect([204, 404]).toContain(await call(w.auth.api.deleteUser(before.userId)));
      const { users, durable } = before.inner;
      const left = [await users.get(before.userId), await durable.open<never>('credential').get(before.userId)];
      expect(left).toEqual([null, null]);
      expect(await loginStatus(w, goodPassword)).toBe(401);
    },
  },
  {
    name: 'setDisabled',
    from: 'signed in',
    success: 204,
    act: (w, _own, { userId }) => call(w.auth.api.setDisabled(userId, true)),
    next: async ({ w, before, status }) => {
      const disabled = (await loginStatus(w, goodPassword)) === 403;
      if (status === 204) expect(disabled).toBe(true);
      expect([await isSignedIn(w, before.own), await isSignedIn(w, before.elsewhere)]).toEqual([!disabled, !disabled]);
      await w.auth.api.setDisabled(before.userId, true);
      expect(await loginStatus(w, goodPassword)).toBe(403);
      await w.auth.api.setDisabled(before.userId, false);
      expect(await loginStatus(w, goodPassword)).toBe(200);
      expect([await isSignedIn(w, before.own), await isSignedIn(w, before.elsewhere)]).toEqual([false, false]);
    },
  },
  {
    name: 'setDisabled off',
    from: 'signed in',
    success: 204,
    act: async (w, _own, { w: first, userId }) => {
      await first.auth.api.setDisabled(userId, true);
      await first.auth.drain();
      return call(w.auth.api.setDisabled(userId, false));
    },
    next: async ({ w, before }) => {
      expect([await isSignedIn(w, before.own), await isSignedIn(w, before.elsewhere)]).toEqual([false, false]);
      await w.auth.api.setDisabled(before.userId, false);
      expect(await loginStatus(w, goodPassword)).toBe(200);
      expect([await isSignedIn(w, before.own), await isSignedIn(w, before.elsewhere)]).toEqual([false, false]);
    },
  },
  {
    name: 'revokeAll',
    from: 'signed in',
    success: 204,
    act: (w, _own, { userId }) => call(w.auth.api.revokeAll(userId)),
    next: async ({ w, before, status }) => {
      const alive = [await isSignedIn(w, before.own), await isSignedIn(w, before.elsewhere)];
      expect(alive[0]).toBe(alive[1]);
      if (status === 204) expect(alive).toEqual([false, false]);
      await w.auth.api.revokeAll(before.userId);
      expect([await isSignedIn(w, before.own), await isSignedIn(w, before.elsewhere)]).toEqual([false, false]);
      expect(await loginStatus(w, goodPassword)).toBe(200);
    },
  },
  {
    name: 'deleteUser',
    from: 'signed in',
    success: 204,
    act: (w, _own, { userId }) => call(w.auth.api.deleteUser(userId)),
    next: async ({ w, before, status }) => {
      const { users, durable, ephemeral } = before.inner;
      const alive = await isSignedIn(w, before.own);
      expect(await isSignedIn(w, before.elsewhere)).toBe(alive);
      // All of it works, or none of it does.
      expect(alive ? [200] : [401, 403]).toContain(await loginStatus(w, goodPassword));
      if (status === 204) expect(alive).toBe(false);
      expect([204, 404]).toContain(await call(w.auth.api.deleteUser(before.userId)));
      expect(await call(w.auth.api.deleteUser(before.userId))).toBe(404);
      const left = [await users.get(before.userId), await durable.open<never>('credential').get(before.userId)];
      expect(left).toEqual([null, null]);
      expect(await ephemeral.open<never>('session').listByUser(before.userId)).toEqual([]);
      const anew = newBrowser(w.auth, '192.0.2.8');
      await anew.post('/register', { email, password: otherPassword });
      await w.auth.drain();
      expect((await anew.post('/verify-email', { token: tokenIn(w.outbox) })).status).toBe(204);
      expect([await loginStatus(w, goodPassword), await loginStatus(w, otherPassword)]).toEqual([401, 200]);
      expect([await isSignedIn(w, before.own), await isSignedIn(w, before.elsewhere)]).toEqual([false, false]);
    },
  },
  {
    name: 'deleteUser before the address was confirmed',
    from: 'registered',
    success: 204,
    act: (w, _own, { userId }) => call(w.auth.api.deleteUser(userId)),
    next: async ({ w, before }) => {
      // Whoever registers meanwhile either has to wait, or has an account that the second call does not take.
      const anew = newBrowser(w.auth, '192.0.2.8');
      await anew.post('/register', { email, password: otherPassword });
      await w.auth.drain();
      const token = tokenIn(w.outbox);
      if (token !== null) expect((await anew.post('/verify-email', { token })).status).toBe(204);
      expect([204, 404]).toContain(await call(w.auth.api.deleteUser(before.userId)));
      expect(await before.inner.users.get(before.userId)).toBeNull();
      expect(await loginStatus(w, goodPassword)).toBe(401);
      expect(await loginStatus(w, otherPassword)).toBe(token === null ? 401 : 200);
      const old = { token: before.token, password: goodPassword };
      expect((await browserOf(w, before.own).post('/verify-email', old)).status).toBe(400);
    },
  },
  {
    name: 'a touch',
    from: 'signed in',
    success: 200,
    act: async (w, own, before) => {
      (before.w.clock as TestClock).advance(3_600_000);
      return send(newBrowser(w.auth, own.address, own.jar).get('/session'));
    },
    next: async ({ w, before }) => {
      expect([await isSignedIn(w, before.own), await isSignedIn(w, before.elsewhere)]).toEqual([true, true]);
    },
  },
];

/** One life: everything before, the flow in a process that dies at its n-th store call, and the next process (or the same one, healed). */
const live = async (flow: Flow, n: number, when: 'before' | 'after', survivor: 'healed' | 'new') => {
  const inner = freshStores();
  const clock = testClock();
  const before = await begin(flow, inner, clock);
  const crash = crashAt(n, when);
  const hasher = flow.options?.hasher === undefined ? {} : { hasher: testHasher([], () => 2) };
  const dying = world({ ...flow.options, ...hasher, inner, clock, instruments: crash });
  const own = newBrowser(dying.auth, '198.51.100.7', new Map(before.own));
  const status = await flow.act(dying, own, before);
  await dying.auth.drain();
  const fired = crash.fired();
  expect([flow.success, 503]).toContain(status);
  if (!fired) expect(status).toBe(flow.success);
  const mails = [...dying.outbox];
  crash.heal();
  dying.outbox.length = 0;
  const w = survivor === 'healed' ? dying : world({ ...flow.options, ...hasher, inner, clock });
  await flow.next({ w, before, status, mails, own: own.jar });
  await w.auth.drain();
  return { fired, calls: dying.log.length, status };
};

describe('INJ-14: a process that dies at any store call', () => {
  for (const when of ['before', 'after'] as const) {
    for (const survivor of ['healed', 'new'] as const) {
      // A real store holds the same whoever survives: it is asked once for each moment.
      if (!areInMemory() && (when === 'before') !== (survivor === 'healed')) continue;
      it.each(flows)(
        `$name: ${when} the call, then ${survivor === 'new' ? 'another process' : 'the same one'}`,
        async (flow) => {
          const statuses: number[] = [];
          let n = 1;
          for (; n < 60; n += 1) {
            const { fired, status } = await live(flow, n, when, survivor);
            if (!fired) break;
            statuses.push(status);
          }
          // Every call was a place to die at: the answers were outages first, and then the success that was committed.
          expect(n).toBeGreaterThan(1);
          expect(n).toBeLessThan(60);
          const firstSuccess = statuses.indexOf(flow.success);
          // On real servers the clean-up behind an answer takes its calls in any order.
          if (firstSuccess >= 0 && areInMemory())
            expect(statuses.slice(firstSuccess)).toEqual(statuses.slice(firstSuccess).map(() => flow.success));
          if (flow.name !== 'a touch') expect(statuses[0]).toBe(503);
        },
      );
    }
  }

  it('counts as many places to die at as the flows have store calls', async () => {
    const calls: Record<string, number> = {};
    for (const flow of flows) {
      const inner = freshStores();
      const clock = testClock();
      const before = await begin(flow, inner, clock);
      const hasher = flow.options?.hasher === undefined ? {} : { hasher: testHasher([], () => 2) };
      const w = world({ ...flow.options, ...hasher, inner, clock });
      await flow.act(w, newBrowser(w.auth, '198.51.100.7', new Map(before.own)), before);
      await w.auth.drain();
      calls[flow.name] = w.log.filter((call) => call.includes('.')).length;
    }
    const atLeast = { 'register, verified': 6, 'change-password': 7, deleteUser: 6, login: 0 };
    for (const [name, least] of Object.entries(atLeast)) expect(calls[name] ?? 0).toBeGreaterThanOrEqual(least);
    expect(Object.values(calls).every((count) => count >= 2)).toBe(true);
  });
});

describe('INJ-14: a user without a credential record', () => {
  it.each(['verified', 'open'] as const)(
    'whose address is confirmed is nobody else’s to claim (%s)',
    async (registration) => {
      const w = world({ registration });
      const left = {
        id: 'usr_left',
        version: 1,
        loginKey,
        email,
        emailVerifiedAt: 1,
        createdAt: 1,
        profile: { name: 'owner' },
      };
      await w.stores.users.create(left);
      const stranger = w.browser();
      const answer = await stranger.post('/register', { email, password: otherPassword });
      expect(answer.status).toBe(registration === 'open' ? 409 : 202);
      await w.auth.drain();
      expect(w.outbox.map(({ type }) => type)).toEqual(registration === 'open' ? [] : ['register_attempt']);
      expect(await w.stores.durable.open<never>('credential').get('usr_left')).toBeNull();
      expect(await w.stores.users.get('usr_left')).toEqual(left);
      expect(await loginStatus(w, otherPassword)).toBe(401);
    },
  );
});

describe('INJ-14: two in a row', () => {
  it('a registration that dies twice, at any two calls, still leads to one usable account', async () => {
    for (let first = 1; first <= 8; first += 1) {
      for (let second = 1; second <= 8; second += areInMemory() ? 1 : 3) {
        const inner = freshStores();
        const clock = testClock();
        for (const [n, secret] of [
          [first, goodPassword],
          [second, otherPassword],
        ] as const) {
          const w = world({ inner, clock, instruments: crashAt(n, 'after') });
          expect([202, 503]).toContain((await w.browser().post('/register', { email, password: secret })).status);
          await w.auth.drain();
        }
        clock.advance(3_600_000);
        const w = world({ inner, clock });
        const browser = w.browser();
        expect((await browser.post('/register', { email, password: third })).status).toBe(202);
        await w.auth.drain();
        const token = tokenIn(w.outbox);
        if (token !== null) expect((await browser.post('/verify-email', { token })).status).toBe(204);
        else {
          const confirmed: number[] = [];
          for (const secret of [goodPassword, otherPassword, third]) {
            clock.advance(3_600_000);
            confirmed.push(await confirmByResend(w, secret));
          }
          expect(confirmed.filter((status) => status === 204)).toHaveLength(1);
        }
        const works = [];
        for (const secret of [goodPassword, otherPassword, third]) works.push(await loginStatus(w, secret));
        expect([first, second, works.filter((status) => status === 200).length]).toEqual([first, second, 1]);
      }
    }
  });

  it('a deletion that dies at every call in turn is complete in the end, and opens nothing on the way', async () => {
    const flow = flows.find(({ name }) => name === 'deleteUser');
    if (flow === undefined) throw new Error('no such flow');
    const inner = freshStores();
    const clock = testClock();
    const before = await begin(flow, inner, clock);
    let dead = false;
    for (let n = 1; n <= 8; n += 1) {
      for (const when of ['before', 'after'] as const) {
        const w = world({ inner, clock, instruments: crashAt(n, when) });
        await call(w.auth.api.deleteUser(before.userId));
        const after = world({ inner, clock });
        const alive = await isSignedIn(after, before.own);
        if (dead) expect(alive).toBe(false);
        dead ||= !alive;
      }
    }
    expect(dead).toBe(true);
    const w = world({ inner, clock });
    expect(await call(w.auth.api.deleteUser(before.userId))).toBe(404);
    expect([
      await inner.users.get(before.userId),
      await inner.durable.open<never>('credential').get(before.userId),
    ]).toEqual([null, null]);
  });
});
