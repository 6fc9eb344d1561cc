import { describe, expect, it } from 'vitest';
import { BusyError, memoryStores, minutes, seconds } from '../src/index.ts';
import { digest } from '../src/primitives/digest.ts';
import { goodPassword, origin, otherPassword, testClock, testHasher, type World, world } from './harness.ts';
import {
  addressOf,
  codesOf,
  credentialsOf,
  isAlive,
  mailsTo,
  probe,
  refusalOf,
  sessionCookieOf,
  sessionsOf,
  times,
  tokensOf,
  userOf,
} from './probes.ts';
import { askChange, askReset } from './recovery.ts';

const email = 'alice@example.com';
const third = 'a third phrase for later on';

const reset = async (w: World, token: string, password = otherPassword): Promise<string> => {
  const { status, body } = await w.browser('203.0.113.9').post('/reset-password', { token, password });
  return body === null ? String(status) : `${status} ${body.code}`;
};
const login = async (w: World, password: string, address = '203.0.113.10'): Promise<string> => {
  const { status, body } = await w.browser(address).post('/login', { email, password });
  return status === 200 ? '200' : `${status} ${body.code}`;
};
const credentialOf = async (w: World) => {
  const record = await credentialsOf(w).get((await userOf(w, email)).id);
  if (record === null) throw new Error('no credential record');
  return record;
};

describe('a redeemed reset link', () => {
  it('sets the password and the epoch in one write, and no other member of the record', async () => {
    const w = world();
    await w.confirmed(email);
    const before = await credentialOf(w);
    w.clock.advance(seconds(5));
    expect(await reset(w, await askReset(w, email))).toBe('204');
    const after = await credentialOf(w);
    expect(after).toEqual({
      ...before,
      password: await testHasher([]).hash(otherPassword),
      passwordChangedAt: w.clock.now(),
      epoch: before.epoch + 1,
      version: before.version + 1,
    });
    expect([await login(w, goodPassword), await login(w, otherPassword)]).toEqual(['401 invalid_credentials', '200']);
  });

  it('TOK-10 D7: signs nobody in, whatever session the browser came with', async () => {
    const w = world();
    const alice = await w.signedIn(email);
    const token = await askReset(w, email);
    w.log.length = 0;
    const answer = await alice.post('/reset-password', { token, password: otherPassword });
    await w.auth.drain();
    expect([answer.status, answer.body]).toEqual([204, null]);
    expect(answer.cookies.map((cookie) => cookie.split('=')[0])).toEqual(['__Host-device']);
    expect(w.log).not.toContain('session.create');
    expect(await w.auth.authenticate(alice.headers())).toBeNull();
  });

  it('S20 TOK-10: ends every session, link and pending change of address in that write', async () => {
    const w = world();
    const alice = await w.signedIn(email);
    const other = w.browser('203.0.113.7');
    await other.post('/login', { email, password: goodPassword });
    const { id } = await userOf(w, email);
    const change = await askChange(w, alice, 'next@example.com');
    const sibling = await askReset(w, email);
    const token = await askReset(w, email);
    expect(await reset(w, token)).toBe('204');
    for (const browser of [alice, other]) expect(await isAlive(w, sessionCookieOf(browser))).toBe(false);
    expect(await reset(w, sibling, third)).toBe('400 token_invalid');
    const confirm = await alice.post('/change-email/confirm', { token: change, password: otherPassword });
    expect([confirm.status, confirm.body.code]).toEqual([400, 'token_invalid']);
    await w.auth.drain();
    expect(await sessionsOf(w).listByUser(id)).toEqual([]);
  });

  it('TOK-10: keeps the second factor and the linked accounts of a confirmed user', async () => {
    const w = world();
    await w.confirmed(email);
    const record = await credentialOf(w);
    const held = { ...record, version: 2, factors: ['mfa_1'], accounts: ['acc_1'] };
    await credentialsOf(w).replace(held, 1);
    expect(await reset(w, await askReset(w, email))).toBe('204');
    expect(await credentialOf(w)).toMatchObject({ factors: ['mfa_1'], accounts: ['acc_1'] });
    expect(await login(w, otherPassword)).toBe('403 step_up_required');
  });

  it('D8: makes the browser a known device, which a lockout that strangers caused does not hold', async () => {
    const w = world({ limits: { login_login: { burst: 3 } } });
    await w.confirmed(email);
    for (const n of times(6, (index) => index))
      await probe(w, '/login', { body: { email, password: 'wrong, wrong, wrong' }, address: addressOf(n) });
    const owner = w.browser('203.0.113.9');
    expect((await owner.post('/login', { email, password: goodPassword })).status).toBe(429);
    expect(
      (await owner.post('/reset-password', { token: await askReset(w, email), password: otherPassword })).status,
    ).toBe(204);
    expect((await owner.post('/login', { email, password: otherPassword })).status).toBe(200);
    expect(await login(w, otherPassword)).toBe('429 rate_limited');
  });

  it('RL-09: gives the account of a hundred back', async () => {
    const w = world({ limits: { login_account: { burst: 3 } } });
    await w.confirmed(email);
    for (const n of times(4, (index) => index))
      await probe(w, '/login', { body: { email, password: 'wrong, wrong, wrong' }, address: addressOf(n) });
    expect(await login(w, goodPassword)).toBe('429 rate_limited');
    expect(await reset(w, await askReset(w, email))).toBe('204');
    await w.auth.drain();
    expect(await login(w, otherPassword)).toBe('200');
  });

  it('MFA-21: is told to the mailbox and to the events, by who and when and nothing more', async () => {
    const w = world();
    await w.confirmed(email);
    const token = await askReset(w, email);
    w.events.length = 0;
    expect(await reset(w, token)).toBe('204');
    await w.auth.drain();
    const { id: userId } = await userOf(w, email);
    const client = { ip: '203.0.113.9', agent: 'test' };
    expect(w.outbox.at(-1)).toEqual({
      type: 'password_changed',
      to: email,
      userId,
      locale: null,
      at: w.clock.now(),
      client,
    });
    expect(w.events.map(({ name }) => name)).toEqual(['password.reset']);
    expect(w.events[0]).toMatchObject({ userId, outcome: 'success', client, data: {} });
  });

  it('gives a user without a password one: the mailbox is proved', async () => {
    const w = world();
    await w.confirmed(email);
    const record = await credentialOf(w);
    await credentialsOf(w).replace({ ...record, version: 2, password: null, accounts: ['acc_1'] }, 1);
    expect(await reset(w, await askReset(w, email))).toBe('204');
    expect(await credentialOf(w)).toMatchObject({ accounts: ['acc_1'] });
    expect(await login(w, otherPassword)).toBe('200');
  });

  it('TOK-11: is not the only thing that kills the others: so does a change of the password, and a sign-out everywhere', async () => {
    for (const verb of ['change-password', 'revokeAll', 'logout everywhere'] as const) {
      const w = world();
      const alice = await w.signedIn(email);
      const token = await askReset(w, email);
      if (verb === 'change-password')
        await alice.post('/change-password', { current: goodPassword, password: otherPassword });
      if (verb === 'revokeAll') await w.auth.api.revokeAll((await userOf(w, email)).id);
      if (verb === 'logout everywhere') await alice.post('/logout', { everywhere: true });
      expect([verb, await reset(w, token, third)]).toEqual([verb, '400 token_invalid']);
    }
  });
});

describe('what spends a link, and what does not', () => {
  it.each(['one process', 'two processes'])(
    'TOK-01 S18: fifty at once with fifty passwords: one wins: %s',
    async (how) => {
      const inner = memoryStores();
      const w = world({ inner });
      const second = how === 'one process' ? w : world({ inner, clock: w.clock });
      await w.confirmed(email);
      const token = await askReset(w, email);
      const answers = await Promise.all(
        times(50, (n) =>
          probe(n % 2 === 0 ? w : second, '/reset-password', {
            body: { token, password: `${otherPassword} ${n}` },
            address: addressOf(n),
          }),
        ),
      );
      await w.auth.drain();
      await second.auth.drain();
      expect(codesOf(answers)).toEqual({ 204: 1, '400 token_invalid': 49 });
      const winner = answers.findIndex(({ status }) => status === 204);
      expect((await credentialOf(w)).password).toBe(await testHasher([]).hash(`${otherPassword} ${winner}`));
      expect(
        mailsTo(w, email)
          .concat(second === w ? [] : mailsTo(second, email))
          .filter((type) => type === 'password_changed'),
      ).toHaveLength(1);
    },
  );

  it('TOK-01: it works once', async () => {
    const w = world();
    await w.confirmed(email);
    const token = await askReset(w, email);
    expect([await reset(w, token), await reset(w, token, third)]).toEqual(['204', '400 token_invalid']);
    // The epoch alone would do; the link is gone all the same.
    expect(await tokensOf(w).get(digest('reset_password', token))).toBeNull();
  });

  it('a password that is refused leaves the link as it was, by our rules and by the breach service', async () => {
    const w = world({ breach: { isBreached: async (text) => text === third } });
    await w.confirmed(email);
    const token = await askReset(w, email);
    for (const [password, reason] of [
      ['short', 'too_short'],
      [`alice@example.com`, 'contains_login'],
      [third, 'breached'],
    ] as const) {
      const { status, body } = await probe(w, '/reset-password', { body: { token, password } });
      expect([status, body]).toMatchObject([422, { code: 'weak_password' }]);
      expect((body as { reasons: string[] }).reasons).toContain(reason);
    }
    expect(await reset(w, token)).toBe('204');
  });

  it('nor does a hasher that sheds load', async () => {
    let busy = false;
    const plain = testHasher([]);
    const hash = async (text: string) => (busy ? Promise.reject(new BusyError(1_000)) : plain.hash(text));
    const w = world({ hasher: { ...plain, hash } });
    await w.confirmed(email);
    const token = await askReset(w, email);
    busy = true;
    expect(await reset(w, token)).toBe('503 busy');
    busy = false;
    expect(await reset(w, token)).toBe('204');
  });

  it('an unknown token costs one read, and neither a take nor a hash', async () => {
    const w = world();
    const { status, work } = await probe(w, '/reset-password', {
      body: { token: 'A'.repeat(43), password: otherPassword },
    });
    expect([status, work]).toEqual([400, ['one_time.get']]);
    const odd = await probe(w, '/reset-password', { body: { token: 'not a token', password: otherPassword } });
    expect([odd.status, odd.work]).toEqual([400, []]);
  });

  it('one link in many hands is no way to burn hashes: the address is limited as for a login', async () => {
    const w = world({ limits: { login_ip: { burst: 4 } } });
    await w.confirmed(email);
    const token = await askReset(w, email);
    w.log.length = 0;
    const answers = await Promise.all(
      times(20, () => probe(w, '/reset-password', { body: { token, password: otherPassword } })),
    );
    expect(codesOf(answers)).toEqual({ 204: 1, '400 token_invalid': 3, '429 rate_limited': 16 });
    expect(w.log.filter((call) => call === 'hash')).toHaveLength(4);
  });

  it('a record that keeps changing: three tries, then 409, and the link is spent', async () => {
    const inner = memoryStores();
    const first = world({ inner });
    await first.confirmed(email);
    const token = await askReset(first, email);
    const { id } = await userOf(first, email);
    const store = inner.durable.open<never>('credential') as ReturnType<typeof credentialsOf>;
    const w = world({
      inner,
      clock: first.clock,
      instruments: {
        before: async (call) => {
          if (call !== 'credential.replace') return;
          const record = await store.get(id);
          if (record !== null) await store.replace({ ...record, version: record.version + 1 }, record.version);
        },
        after: async () => {},
      },
    });
    expect(await reset(w, token)).toBe('409 conflict');
    expect(w.log.filter((call) => call === 'credential.replace')).toHaveLength(3);
    expect(await reset(first, token)).toBe('400 token_invalid');
    expect(await login(first, goodPassword)).toBe('200');
  });
});

describe('when a link is good', () => {
  it.each([
    [-1, '204'],
    [0, '400 token_invalid'],
    [1, '400 token_invalid'],
  ])('TOK-02: half an hour and %i ms after it was asked for: %s', async (offset, expected) => {
    const clock = testClock();
    const w = world({ clock });
    await w.confirmed(email);
    const token = await askReset(w, email);
    clock.advance(minutes(30) + offset);
    expect(await reset(w, token)).toBe(expected);
  });

  it('TOK-02: lifetimes.reset says how long, the mail says until when', async () => {
    const w = world({ lifetimes: { reset: minutes(5) } });
    await w.confirmed(email);
    const token = await askReset(w, email);
    expect(w.outbox.at(-1)).toMatchObject({ type: 'reset_password', to: email, expiresAt: w.clock.now() + minutes(5) });
    w.clock.advance(minutes(5));
    expect(await reset(w, token)).toBe('400 token_invalid');
  });

  it('a clock that is set back makes no link better than it was, and none that is used good again', async () => {
    const w = world();
    await w.confirmed(email);
    const token = await askReset(w, email);
    w.clock.advance(-minutes(10));
    expect(await reset(w, token)).toBe('204');
    expect(await reset(w, token, third)).toBe('400 token_invalid');
  });

  it('EMAIL-13: not once the account has another address', async () => {
    const w = world();
    await w.confirmed(email);
    const token = await askReset(w, email);
    const user = await userOf(w, email);
    await w.stores.users.replace({ ...user, loginKey: 'next@example.com', version: user.version + 1 }, user.version);
    expect(await reset(w, token)).toBe('400 token_invalid');
  });

  it('not for a disabled account, and not for one that is gone', async () => {
    for (const verb of ['setDisabled', 'deleteUser'] as const) {
      const w = world();
      await w.confirmed(email);
      const token = await askReset(w, email);
      const { id } = await userOf(w, email);
      await (verb === 'setDisabled' ? w.auth.api.setDisabled(id, true) : w.auth.api.deleteUser(id));
      expect([verb, await reset(w, token)]).toEqual([verb, '400 token_invalid']);
      if (verb === 'setDisabled') await w.auth.api.setDisabled(id, false);
      expect([verb, await reset(w, token)]).toEqual([verb, '400 token_invalid']);
    }
  });

  it('not for a record that says disabled, whatever its epoch', async () => {
    const w = world();
    await w.confirmed(email);
    const token = await askReset(w, email);
    const record = await credentialOf(w);
    await credentialsOf(w).replace({ ...record, disabledAt: 1, version: 2 }, 1);
    expect(await reset(w, token)).toBe('400 token_invalid');
  });

  it('TOK-07: a record of another purpose, or of no user, resets nothing, wherever it is found', async () => {
    const w = world();
    await w.confirmed(email);
    const { id: userId } = await userOf(w, email);
    const { epoch } = await credentialOf(w);
    const secret = 'A'.repeat(43);
    const record = { version: 1, expiresAt: w.clock.now() + 60_000, epoch, data: { loginKey: email } };
    const found = digest('reset_password', secret);
    for (const wrong of [
      { ...record, id: found, userId, purpose: 'verify_email' as const },
      { ...record, id: digest('verify_email', secret), userId, purpose: 'reset_password' as const },
      { ...record, id: found, userId: null, purpose: 'reset_password' as const },
      { ...record, id: found, userId, purpose: 'reset_password' as const, epoch: null },
      { ...record, id: found, userId, purpose: 'reset_password' as const, epoch: epoch + 1 },
      { ...record, id: found, userId, purpose: 'reset_password' as const, data: {} },
    ]) {
      await tokensOf(w).create(wrong);
      expect([wrong.purpose, await reset(w, secret)]).toEqual([wrong.purpose, '400 token_invalid']);
      await tokensOf(w).delete(wrong.id);
    }
    await tokensOf(w).create({ ...record, id: found, userId, purpose: 'reset_password' });
    expect(await reset(w, secret)).toBe('204');
  });
});

describe('a user without a credential record', () => {
  const unclaimed = async (emailVerifiedAt: number | null, inner = memoryStores()) => {
    const w = world({ inner });
    const left = { id: 'usr_left', version: 1, loginKey: email, email, emailVerifiedAt, createdAt: 1, profile: {} };
    await w.stores.users.create(left);
    return w;
  };

  it.each([null, 1])('gets one by a reset (address confirmed: %s), and the address is confirmed then', async (at) => {
    const w = await unclaimed(at);
    expect(await reset(w, await askReset(w, email))).toBe('204');
    expect((await userOf(w, email)).emailVerifiedAt).toBe(at ?? w.clock.now());
    expect(await login(w, otherPassword)).toBe('200');
    // The first epoch is an instant, as at a registration.
    expect((await credentialOf(w)).epoch).toBe(w.clock.now());
  });

  it('has no more use for the link once it has a record', async () => {
    const w = await unclaimed(null);
    const token = await askReset(w, email);
    await w.browser().post('/register', { email, password: goodPassword });
    await w.auth.drain();
    expect(await reset(w, token)).toBe('400 token_invalid');
    expect((await credentialOf(w)).password).toBe(await testHasher([]).hash(goodPassword));
  });

  it('twenty resets and registrations at once make one record, with one of their passwords', async () => {
    const inner = memoryStores();
    const w = await unclaimed(null, inner);
    const links = [await askReset(w, email), await askReset(w, email), await askReset(w, email)];
    const answers = await Promise.all([
      ...links.map((token, n) =>
        probe(w, '/reset-password', { body: { token, password: `${otherPassword} ${n}` }, address: addressOf(n) }),
      ),
      ...times(3, (n) =>
        probe(w, '/register', { body: { email, password: `${goodPassword} ${n}` }, address: addressOf(50 + n) }),
      ),
    ]);
    await w.auth.drain();
    const resets = answers.slice(0, 3);
    expect(resets.filter(({ status }) => status === 204).length).toBeLessThanOrEqual(1);
    for (const { status } of resets) expect([204, 400]).toContain(status);
    expect((await credentialOf(w)).version).toBe(1);
    const winner = resets.findIndex(({ status }) => status === 204);
    if (winner >= 0)
      expect((await credentialOf(w)).password).toBe(await testHasher([]).hash(`${otherPassword} ${winner}`));
  });
});

describe('auth.api.startReset', () => {
  it('ASVS 6.4.6: mails a link like the one that the user asks for; until it is used nothing ends', async () => {
    const w = world();
    const alice = await w.signedIn(email);
    w.outbox.length = 0;
    const { id } = await userOf(w, email);
    await w.auth.api.startReset(id);
    await w.auth.drain();
    expect(mailsTo(w, email)).toEqual(['reset_password']);
    expect(await isAlive(w, sessionCookieOf(alice))).toBe(true);
    expect(await login(w, goodPassword)).toBe('200');
    expect(await reset(w, w.tokenFor(email, 'reset_password'))).toBe('204');
    expect(await isAlive(w, sessionCookieOf(alice))).toBe(false);
  });

  it('says what stands in its way, and mails nobody then', async () => {
    const w = world();
    await w.confirmed(email);
    const { id } = await userOf(w, email);
    await w.stores.users.create({
      id: 'usr_none',
      version: 1,
      loginKey: 'acct:1',
      email: null,
      emailVerifiedAt: null,
      createdAt: 1,
      profile: {},
    });
    w.outbox.length = 0;
    expect(await refusalOf(w.auth.api.startReset('usr_unknown'))).toBe('not_found');
    expect(await refusalOf(w.auth.api.startReset('usr_none'))).toBe('email_unverified');
    await w.auth.api.setDisabled(id, true);
    expect(await refusalOf(w.auth.api.startReset(id))).toBe('account_disabled');
    await w.auth.drain();
    expect(w.outbox).toEqual([]);
  });

  it('is not limited, and takes nothing from who asks for himself', async () => {
    const w = world();
    await w.confirmed(email);
    const { id } = await userOf(w, email);
    w.log.length = 0;
    for (const _n of times(6, (n) => n)) await w.auth.api.startReset(id);
    await w.auth.drain();
    expect(w.log).not.toContain('limits.take');
    expect(mailsTo(w, email).filter((type) => type === 'reset_password')).toHaveLength(6);
  });
});

describe('TOK-08: where a link leads', () => {
  it('is the configured page, whatever the request claims of its host', async () => {
    for (const [pages, start] of [
      [undefined, `${origin}/auth/reset-password?token=`],
      [{ resetPassword: '/new-password?lang=de' }, `${origin}/new-password?lang=de&token=`],
    ] as const) {
      const w = world(pages === undefined ? {} : { pages });
      await w.confirmed(email);
      const headers = {
        host: 'evil.example',
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'javascript',
        forwarded: 'host=evil.example;proto=http',
        'x-original-host': 'evil.example',
      };
      await w.browser().post('/forgot-password', { email }, headers);
      await w.auth.drain();
      const mail = w.outbox.at(-1);
      expect(mail?.type).toBe('reset_password');
      expect(mail !== undefined && 'url' in mail ? (mail.url ?? '').slice(0, -43) : '').toBe(start);
      expect(JSON.stringify(w.outbox)).not.toContain('evil');
    }
  });

  it('TOK-08: an absolute-form target is no exception', async () => {
    const w = world();
    await w.confirmed(email);
    const request = new Request('https://evil.example/auth/forgot-password', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin },
      body: JSON.stringify({ email }),
    });
    expect((await w.auth.handle(request, { peer: '192.0.2.1' })).status).toBe(202);
    await w.auth.drain();
    expect(w.tokenFor(email, 'reset_password')).toHaveLength(43);
    expect(JSON.stringify(w.outbox)).not.toContain('evil');
  });
});
