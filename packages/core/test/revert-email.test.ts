import { describe, expect, it } from 'vitest';
import { days, memoryStores, minutes, type OneTimeToken, type StoredRecord } from '../src/index.ts';
import {
  type Browser,
  goodPassword,
  otherPassword,
  testClock,
  testHasher,
  type World,
  type WorldOptions,
  world,
} from './harness.ts';
import {
  addressOf,
  codesOf,
  credentialsOf,
  isAlive,
  mailsTo,
  newCredential,
  probe,
  sessionCookieOf,
  times,
  tokensOf,
  userOf,
} from './probes.ts';
import { askChange, askReset, moved } from './recovery.ts';

const old = 'owner@example.com';
const thiefs = 'thief@evil.example';
const third = 'a third phrase for later on';

/** A thief with the owner's session has moved the account to a mailbox of his own. */
const stolen = async (options: WorldOptions = {}) => {
  const w = world(options);
  const thief = await w.signedIn(old);
  const back = await moved(w, thief, old, thiefs);
  const { id } = await userOf(w, thiefs);
  w.events.length = 0;
  return { w, thief, back, id };
};
const post = async (browser: Browser, path: string, body: unknown): Promise<string> => {
  const { status, body: answer } = await browser.post(path, body);
  return status < 400 ? String(status) : `${status} ${answer.code}`;
};
const revert = (w: World, token: string): Promise<string> =>
  post(w.browser('203.0.113.1'), '/change-email/revert', { token });
const login = (w: World, email: string, password: string): Promise<string> =>
  post(w.browser('203.0.113.40'), '/login', { email, password });
const noticeTo = (w: World, email: string) =>
  w.outbox.findLast(({ to, type }) => to === email && type === 'email_changed');

describe('the way back', () => {
  it('gives the old address its account: login and mail, no password, every session ended, a reset link', async () => {
    const { w, thief, back, id } = await stolen();
    const before = await credentialsOf(w).get(id);
    w.outbox.length = 0;
    w.clock.advance(minutes(5));
    const owner = w.browser('203.0.113.1');
    const answer = await owner.post('/change-email/revert', { token: back });
    await w.auth.drain();
    expect([answer.status, answer.body, answer.cookies]).toEqual([204, null, []]);
    expect(await userOf(w, old)).toMatchObject({ id, email: old, emailVerifiedAt: w.clock.now() });
    expect(await w.stores.users.findByLoginKey(thiefs)).toBeNull();
    expect(await credentialsOf(w).get(id)).toEqual({
      ...before,
      password: null,
      passwordChangedAt: w.clock.now(),
      epoch: (before?.epoch ?? 0) + 1,
      version: (before?.version ?? 0) + 1,
    });
    expect(await isAlive(w, sessionCookieOf(thief))).toBe(false);
    expect(await login(w, old, goodPassword)).toBe('401 invalid_credentials');
    expect(mailsTo(w, old)).toEqual(['reset_password']);
    const token = w.tokenFor(old, 'reset_password');
    expect(await post(owner, '/reset-password', { token, password: otherPassword })).toBe('204');
    expect(await login(w, old, otherPassword)).toBe('200');
  });

  it('is told to the address that is left, without a link, and to the events', async () => {
    const { w, back, id } = await stolen();
    expect(await revert(w, back)).toBe('204');
    await w.auth.drain();
    expect(noticeTo(w, thiefs)).toMatchObject({ to: thiefs, url: null, userId: id });
    expect(w.events.filter(({ name }) => name === 'email.changed')).toMatchObject([
      { userId: id, outcome: 'success', data: { by: 'revert' } },
    ]);
  });

  it('needs no session, no password and no browser in particular: whoever reads the mailbox is the owner', async () => {
    const { w, back } = await stolen();
    const anybody = await w.signedIn('anybody@example.com');
    const cookie = sessionCookieOf(anybody);
    expect(await post(anybody, '/change-email/revert', { token: back })).toBe('204');
    expect(await isAlive(w, cookie)).toBe(true);
  });

  it('survives whatever the thief does meanwhile: a reset, a new password, a sign-out, another move', async () => {
    const { w, thief, back } = await stolen();
    const reset = await askReset(w, thiefs);
    expect(await post(thief, '/reset-password', { token: reset, password: third })).toBe('204');
    expect(await post(thief, '/login', { email: thiefs, password: third })).toBe('200');
    expect(await post(thief, '/change-password', { current: third, password: otherPassword })).toBe('204');
    await askChange(w, thief, 'thief2@evil.example');
    expect(await post(thief, '/logout', { everywhere: true })).toBe('204');
    expect(await post(thief, '/login', { email: thiefs, password: otherPassword })).toBe('200');
    const again = await askChange(w, thief, 'thief2@evil.example');
    expect(await post(thief, '/change-email/confirm', { token: again })).toBe('204');
    await w.auth.drain();
    expect(await revert(w, back)).toBe('204');
    expect((await userOf(w, old)).email).toBe(old);
    for (const password of [goodPassword, third, otherPassword])
      for (const email of [old, thiefs, 'thief2@evil.example'])
        expect([email, password, await login(w, email, password)]).toEqual([
          email,
          password,
          '401 invalid_credentials',
        ]);
  });

  it('EMAIL-13: ends what the thief has pending: links to reset and links to move', async () => {
    const { w, thief, back } = await stolen();
    const reset = await askReset(w, thiefs);
    const change = await askChange(w, thief, 'thief2@evil.example');
    expect(await revert(w, back)).toBe('204');
    expect(await post(thief, '/reset-password', { token: reset, password: third })).toBe('400 token_invalid');
    expect(await post(thief, '/change-email/confirm', { token: change, password: goodPassword })).toBe(
      '400 token_invalid',
    );
  });

  it('names the accounts and factors of before the change that are still there, and no other', async () => {
    const inner = memoryStores();
    const w = world({ inner });
    const thief = await w.signedIn(old);
    const { id: userId } = await userOf(w, old);
    const accounts = inner.durable.open<StoredRecord>('account');
    const factors = inner.durable.open<StoredRecord>('mfa_factor');
    const row = { userId, version: 1, expiresAt: null };
    for (const id of ['acc_kept', 'acc_gone', 'acc_thief']) await accounts.create({ ...row, id });
    await accounts.create({ ...row, id: 'acc_others', userId: 'usr_other' });
    for (const id of ['mfa_kept', 'mfa_gone', 'mfa_thief']) await factors.create({ ...row, id });
    const name = async (named: { accounts: string[]; factors: string[] }) => {
      const record = await credentialsOf(w).get(userId);
      if (record === null) throw new Error('no record');
      await credentialsOf(w).replace({ ...record, ...named, version: record.version + 1 }, record.version);
    };
    // Asked for before there are factors: afterwards a session of one factor could not.
    const token = await askChange(w, thief, thiefs);
    await name({ accounts: ['acc_kept', 'acc_gone', 'acc_others'], factors: ['mfa_kept', 'mfa_gone'] });
    expect((await thief.post('/change-email/confirm', { token })).status).toBe(204);
    await w.auth.drain();
    const back = w.tokenFor(old, 'email_changed');
    await accounts.delete('acc_gone');
    await factors.delete('mfa_gone');
    await name({ accounts: ['acc_kept', 'acc_thief'], factors: ['mfa_thief'] });
    expect(await revert(w, back)).toBe('204');
    await w.auth.drain();
    expect(await credentialsOf(w).get(userId)).toMatchObject({ accounts: ['acc_kept'], factors: ['mfa_kept'] });
    const left = [await accounts.listByUser(userId), await factors.listByUser(userId)].flat().map(({ id }) => id);
    expect(left.toSorted()).toEqual(['acc_kept', 'mfa_kept']);
    expect(await accounts.get('acc_others')).not.toBeNull();
  });
});

describe('one way back at a time', () => {
  it('a second move within the week mails a notice without a link: a thief gets no way back of his own', async () => {
    const { w, thief, back } = await stolen();
    const token = await askChange(w, thief, 'thief2@evil.example');
    expect(await post(thief, '/change-email/confirm', { token })).toBe('204');
    await w.auth.drain();
    expect(noticeTo(w, thiefs)).toMatchObject({ url: null });
    expect(await revert(w, back)).toBe('204');
    expect((await userOf(w, old)).email).toBe(old);
  });

  it('after a revert the next move has one again', async () => {
    const { w, back } = await stolen();
    expect(await revert(w, back)).toBe('204');
    await w.auth.drain();
    const token = w.tokenFor(old, 'reset_password');
    const owner = w.browser('203.0.113.1');
    await owner.post('/reset-password', { token, password: otherPassword });
    await owner.post('/login', { email: old, password: otherPassword });
    const second = await moved(w, owner, old, 'moved@example.com');
    expect(second).not.toBe(back);
    expect(await revert(w, second)).toBe('204');
  });

  it('and so it has when the week is over, in a store that never removes what has expired', async () => {
    const { w, thief } = await stolen();
    w.clock.advance(days(7));
    await thief.post('/login', { email: thiefs, password: goodPassword });
    const second = await moved(w, thief, thiefs, 'third@example.com');
    expect(await revert(w, second)).toBe('204');
    expect((await userOf(w, thiefs)).email).toBe(thiefs);
  });

  it('a live link never leads to another address than the newest pin: of two moves a week apart only the second can be undone', async () => {
    const { w, thief, back } = await stolen();
    w.clock.advance(days(7) - 1);
    await thief.post('/login', { email: thiefs, password: goodPassword });
    const token = await askChange(w, thief, 'third@example.com');
    w.clock.advance(1);
    expect(await post(thief, '/change-email/confirm', { token })).toBe('204');
    await w.auth.drain();
    expect(await revert(w, back)).toBe('400 token_invalid');
    expect(await revert(w, w.tokenFor(thiefs, 'email_changed'))).toBe('204');
  });

  it('a link whose pin is gone, or leads elsewhere, is dead', async () => {
    for (const loginKey of [null, thiefs]) {
      const { w, back, id } = await stolen();
      const pins = (await tokensOf(w).listByUser(id)).filter(
        ({ purpose, data }) => purpose === 'revert_email' && !('email' in data),
      );
      expect(pins.map(({ data }) => data)).toEqual([{ loginKey: old }]);
      const [only] = pins as [OneTimeToken];
      await tokensOf(w).delete(only.id);
      if (loginKey !== null) await tokensOf(w).create({ ...only, data: { loginKey } });
      expect(await revert(w, back)).toBe('400 token_invalid');
    }
  });

  it('moving back by hand and away again: the newest link works, and once it has, no older one does', async () => {
    const { w, thief, back } = await stolen();
    const home = await askChange(w, thief, old);
    expect(await post(thief, '/change-email/confirm', { token: home })).toBe('204');
    const second = await moved(w, thief, old, 'third@example.com');
    expect(second).not.toBe(back);
    expect(await revert(w, second)).toBe('204');
    expect(await revert(w, back)).toBe('400 token_invalid');
  });
});

describe('what spends it', () => {
  it.each(['one process', 'two processes'])('TOK-01: fifty clicks at once: one success: %s', async (how) => {
    const inner = memoryStores();
    const { w, back, id } = await stolen({ inner });
    const second = how === 'one process' ? w : world({ inner, clock: w.clock });
    w.outbox.length = 0;
    const answers = await Promise.all(
      times(50, (n) =>
        probe(n % 2 === 0 ? w : second, '/change-email/revert', { body: { token: back }, address: addressOf(n) }),
      ),
    );
    for (const one of new Set([w, second])) await one.auth.drain();
    const codes = codesOf(answers);
    expect(codes['204']).toBe(1);
    for (const code of Object.keys(codes)) expect(['204', '400 token_invalid', '409 conflict']).toContain(code);
    expect(
      [...w.outbox, ...(second === w ? [] : second.outbox)].filter(({ type }) => type === 'reset_password'),
    ).toHaveLength(1);
    expect(await userOf(w, old)).toMatchObject({ id, email: old });
    expect(await revert(w, back)).toBe('400 token_invalid');
  });

  it('TOK-01: a click that is late changes nothing more: the password that was set since stays', async () => {
    const { w, back, id } = await stolen();
    expect(await revert(w, back)).toBe('204');
    await w.auth.drain();
    const token = w.tokenFor(old, 'reset_password');
    expect(await post(w.browser(), '/reset-password', { token, password: otherPassword })).toBe('204');
    expect(await revert(w, back)).toBe('400 token_invalid');
    expect((await credentialsOf(w).get(id))?.password).toBe(await testHasher([]).hash(otherPassword));
  });

  it.each([
    [-1, '204'],
    [0, '400 token_invalid'],
  ])('TOK-02: seven days and %i ms after the change: %s', async (offset, expected) => {
    const clock = testClock();
    const { w, back } = await stolen({ clock });
    clock.advance(days(7) + offset);
    expect(await revert(w, back)).toBe(expected);
  });

  it('not for a disabled account, and not for one that is gone', async () => {
    for (const verb of ['setDisabled', 'deleteUser'] as const) {
      const { w, back, id } = await stolen();
      await (verb === 'setDisabled' ? w.auth.api.setDisabled(id, true) : w.auth.api.deleteUser(id));
      expect([verb, await revert(w, back)]).toEqual([verb, '400 token_invalid']);
      if (verb === 'deleteUser') continue;
      expect((await userOf(w, thiefs)).id).toBe(id);
      // Nothing was spent: an account that was disabled to stop a thief goes back to its owner once it is enabled.
      await w.auth.api.setDisabled(id, false);
      expect(await revert(w, back)).toBe('204');
    }
  });

  it('an unknown token costs one read', async () => {
    const w = world();
    const { status, work } = await probe(w, '/change-email/revert', { body: { token: 'A'.repeat(43) } });
    expect([status, work]).toEqual([400, ['one_time.get']]);
  });
});

describe('somebody else at the old address', () => {
  it('who never proved it goes first: registering it must not block the way back', async () => {
    const { w, back, id } = await stolen();
    await w.browser('192.0.2.6').post('/register', { email: old, password: third });
    await w.auth.drain();
    const squatter = await userOf(w, old);
    expect(squatter.id).not.toBe(id);
    expect(await revert(w, back)).toBe('204');
    expect((await userOf(w, old)).id).toBe(id);
    expect([await w.stores.users.get(squatter.id), await credentialsOf(w).get(squatter.id)]).toEqual([null, null]);
    expect(await login(w, old, third)).toBe('401 invalid_credentials');
    expect(w.events.filter(({ name }) => name === 'account.deleted')).toMatchObject([{ userId: squatter.id }]);
  });

  it('even where that registration broke off before it had a credential record', async () => {
    const { w, back, id } = await stolen();
    const left = { id: 'usr_left', version: 1, loginKey: old, email: old, emailVerifiedAt: null };
    await w.stores.users.create({ ...left, createdAt: 1, profile: {} });
    expect(await revert(w, back)).toBe('204');
    expect((await userOf(w, old)).id).toBe(id);
  });

  it('who has proved it has it for good: 409, nothing is changed, and the link is not spent', async () => {
    const { w, thief, back, id } = await stolen();
    await w.confirmed(old, third);
    const holder = await userOf(w, old);
    const before = await credentialsOf(w).get(id);
    expect(await revert(w, back)).toBe('409 login_taken');
    expect(await userOf(w, old)).toEqual(holder);
    expect(await credentialsOf(w).get(id)).toEqual(before);
    expect(await isAlive(w, sessionCookieOf(thief))).toBe(true);
    await w.auth.api.deleteUser(holder.id);
    expect(await revert(w, back)).toBe('204');
  });
});

describe('a record that is not as it should be', () => {
  it('TOK-07: leads nowhere', async () => {
    const { w, back, id } = await stolen();
    const links = (await tokensOf(w).listByUser(id)).filter(
      ({ purpose, data }) => purpose === 'revert_email' && 'email' in data,
    );
    const [link] = links as [OneTimeToken];
    for (const wrong of [
      { ...link, userId: null },
      { ...link, data: { ...link.data, loginKey: 7 } },
      { ...link, data: { ...link.data, email: null } },
      { ...link, purpose: 'change_email' as const },
    ]) {
      await tokensOf(w).delete(link.id);
      await tokensOf(w).create(wrong);
      expect(await revert(w, back)).toBe('400 token_invalid');
    }
    await tokensOf(w).delete(link.id);
    await tokensOf(w).create({ ...link, data: { ...link.data, accounts: 'acc', factors: [7, null] } });
    expect(await revert(w, back)).toBe('204');
    expect(await credentialsOf(w).get(id)).toMatchObject({ accounts: newCredential(id, null).accounts, factors: [] });
  });
});
