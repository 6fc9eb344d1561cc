import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type AuthProblem,
  type CredentialRecord,
  hours,
  minutes,
  type OAuthAccount,
  password,
  seconds,
  totp,
} from '../src/index.ts';
import { google, oauth } from '../src/oauth.ts';
import { digest } from '../src/primitives/digest.ts';
import { goodPassword, otherPassword, testClock, testSecrets, world } from './harness.ts';
import { begin, callback, linkAt, me, oauthWorld, signInAt } from './oauth.ts';
import { clientId, clientSecret, type TestProvider, testProvider } from './oauth-provider.ts';
import { refusalOf } from './probes.ts';
import { asking, email, freshProvider, keeping, keepingWorld, linked, newest } from './provider-tokens.ts';
import { askReset } from './recovery.ts';
import { withFactor } from './second-factor.ts';
import { freshStores } from './stores.ts';
import { recordWrites } from './wire.ts';

let provider: TestProvider;
beforeAll(async () => {
  provider = await testProvider();
});
afterAll(() => provider.close());
beforeEach(() => freshProvider(provider));

const otherSecret = '2:Zz0bMz3v1Yw7cQ2n8R5tX9aKfPjHd4sGeUuVoWqNyTk';

describe('auth.api.providerToken', () => {
  it('gives what the provider granted, and asks nobody while it is good', async () => {
    const w = keepingWorld(provider);
    const { ask } = await linked(w, provider);
    expect(await ask()).toEqual({
      accessToken: newest(provider),
      tokenType: 'Bearer',
      scope: 'openid email calendar offline_access',
      expiresAt: w.clock.now() + hours(1),
    });
    w.clock.advance(minutes(58));
    await ask();
    expect([provider.refreshed, provider.asked.get('scope')]).toEqual([[], 'openid email calendar offline_access']);
    const answer = await fetch(`${provider.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${(await ask()).accessToken}` },
    });
    expect(await answer.json()).toMatchObject({ sub: 'subject-1' });
  });

  it('renews a minute early, and once: each refresh token is used once', async () => {
    const w = keepingWorld(provider);
    const { ask } = await linked(w, provider);
    const first = newest(provider);
    for (const expected of [1, 2, 3]) {
      w.clock.advance(minutes(59));
      const { accessToken, expiresAt } = await ask();
      expect([accessToken, expiresAt]).toEqual([newest(provider), w.clock.now() + hours(1)]);
      expect((await ask()).accessToken).toBe(accessToken);
      expect([provider.refreshed.length, new Set(provider.refreshed).size]).toEqual([expected, expected]);
    }
    expect(newest(provider)).not.toBe(first);
    const told = w.events.filter(({ name }) => name === 'oauth.refreshed');
    expect(told.map(({ outcome, data }) => [outcome, data])).toEqual(
      Array.from({ length: 3 }, () => ['success', { provider: 'corp' }]),
    );
  });

  it('a token that lives for a minute is not renewed at every call', async () => {
    provider.expiresIn = 60;
    const w = keepingWorld(provider);
    const { ask } = await linked(w, provider);
    w.clock.advance(seconds(44));
    await ask();
    expect(provider.refreshed).toHaveLength(0);
    w.clock.advance(seconds(1));
    await ask();
    expect(provider.refreshed).toHaveLength(1);
  });

  it('a refresh token that is not given anew stays', async () => {
    provider.refreshes = 'lasting';
    const w = keepingWorld(provider);
    const { ask } = await linked(w, provider);
    for (let n = 0; n < 3; n += 1) {
      w.clock.advance(hours(2));
      await ask();
    }
    expect([provider.refreshed.length, new Set(provider.refreshed).size]).toEqual([3, 1]);
  });

  it('without a lifetime it is good until the provider refuses it', async () => {
    provider.expiresIn = undefined;
    const w = keepingWorld(provider);
    const { ask, told } = await linked(w, provider);
    w.clock.advance(hours(24 * 300));
    const { accessToken, expiresAt } = await ask();
    expect([accessToken, expiresAt, provider.refreshed.length]).toEqual([newest(provider), null, 0]);
    const next = await told({ refused: accessToken });
    expect([next === accessToken, provider.refreshed.length]).toEqual([false, 1]);
    // Who comes late with the same one gets what the first was given.
    expect([await told({ refused: accessToken }), provider.refreshed.length]).toEqual([next, 1]);
  });

  it('without a refresh token it is good until it is over, and then missing, and nothing is deleted', async () => {
    provider.refreshes = 'none';
    const w = keepingWorld(provider);
    const { told, account } = await linked(w, provider);
    const access = newest(provider);
    w.clock.advance(hours(1) - 1);
    expect(await told()).toBe(access);
    expect(await told({ refused: access })).toBe('provider_token_missing');
    const before = await account();
    w.clock.advance(1);
    expect(await told()).toBe('provider_token_missing');
    expect(await account()).toEqual(before);
    // The way out.
    expect(await signInAt(w.browser(), provider)).toBe('ok');
    expect(await told()).toBe(newest(provider));
  });

  it('tells what was granted, not what was asked for', async () => {
    provider.twist = {
      tokens: (body) => ({ ...body, scope: 'openid email' }),
      refreshed: (body) => ({ ...body, scope: 'openid' }),
    };
    const w = keepingWorld(provider);
    const { ask } = await linked(w, provider);
    expect((await ask()).scope).toBe('openid email');
    w.clock.advance(hours(1));
    expect((await ask()).scope).toBe('openid');
    provider.twist = {};
    w.clock.advance(hours(1));
    expect((await ask()).scope).toBe('openid');
  });

  it('keeps nothing unless asked, and then says so', async () => {
    const w = oauthWorld(provider);
    const { told, account } = await linked(w, provider);
    expect([await told(), (await account()).tokens]).toEqual(['provider_token_missing', null]);
    expect(await told({ provider: 'nobody' })).toBe('provider_unknown');
    expect(await refusalOf(world().auth.api.providerToken({ userId: 'x', provider: 'corp' }))).toBe('provider_unknown');
  });

  it('asked for later: what was kept before is nothing, until the next sign-in; given up: nothing is given', async () => {
    const inner = freshStores();
    const before = oauthWorld(provider, { inner });
    const { userId } = await linked(before, provider);
    const w = keepingWorld(provider, { inner, clock: before.clock });
    const { told } = asking(w, userId);
    expect(await told()).toBe('provider_token_missing');
    expect(await signInAt(w.browser(), provider)).toBe('ok');
    expect(await told()).toBe(newest(provider));
    const after = oauthWorld(provider, { inner, clock: before.clock });
    expect(await asking(after, userId).told()).toBe('provider_token_missing');
  });

  it('nobody, a disabled user, a user without that account', async () => {
    const w = keepingWorld(provider);
    const { told, userId } = await linked(w, provider);
    const other = await w.signedIn('bob@example.org');
    expect(await told({ userId: 'nobody' })).toBe('not_found');
    expect(await told({ userId: (await me(other)).id })).toBe('provider_token_missing');
    expect(await told({ accountId: 'x' })).toBe('provider_token_missing');
    await w.auth.api.setDisabled(userId, true);
    w.clock.advance(hours(2));
    expect([await told(), provider.refreshed.length]).toEqual(['account_disabled', 0]);
    await w.auth.api.setDisabled(userId, false);
    expect(await told()).toBe(newest(provider));
  });

  it('says what is wrong with what it is asked', async () => {
    const w = keepingWorld(provider);
    const { userId, told } = await linked(w, provider);
    const good = { userId, provider: 'corp' };
    const found = async (wanted: unknown): Promise<unknown> => {
      const error: unknown = await w.auth.api.providerToken(wanted as typeof good).catch((thrown: unknown) => thrown);
      const { code, errors } = (error as AuthProblem).problem;
      return [code, ...(errors ?? []).map((one) => `${one.pointer} ${one.code}`)];
    };
    const wrong: readonly (readonly [unknown, readonly string[]])[] = [
      [undefined, [' type']],
      [null, [' type']],
      ['corp', [' type']],
      [{}, ['/userId required', '/provider required']],
      [{ ...good, userId: undefined }, ['/userId required']],
      [{ ...good, userId: {} }, ['/userId type']],
      [{ ...good, provider: '' }, ['/provider required']],
      [{ ...good, accountId: null }, ['/accountId type']],
      [{ ...good, refused: null }, ['/refused type']],
      [{ ...good, refused: 'x'.repeat(16_385) }, ['/refused too_long']],
      [{ ...good, account: 'x' }, ['/account unknown_member']],
    ];
    for (const [wanted, errors] of wrong) expect(await found(wanted)).toEqual(['validation_failed', ...errors]);
    expect(w.events.filter(({ name }) => name === 'request.failed')).toEqual([]);
    const absent = { ...good, accountId: undefined, refused: undefined };
    expect((await w.auth.api.providerToken(absent as never)).accessToken).toBe(newest(provider));
    expect(await told({ refused: 'x'.repeat(16_384) })).toBe(newest(provider));
  });

  it('of several accounts there, the one that is named; else the one that was linked first', async () => {
    const w = keepingWorld(provider);
    const { alice, told } = await linked(w, provider);
    const first = newest(provider);
    w.clock.advance(1);
    provider.user = { sub: 'subject-2', email: 'other@corp.example', email_verified: true };
    expect(await linkAt(alice, provider)).toBe('ok');
    const second = newest(provider);
    const accounts: { id: string; email: string }[] = (await alice.get('/accounts')).body.accounts;
    const [a, b] = [email, 'other@corp.example'].map((one) => accounts.find((account) => account.email === one)?.id);
    expect(await told()).toBe(first);
    expect([await told({ accountId: a ?? '' }), await told({ accountId: b ?? '' })]).toEqual([first, second]);
  });

  it('a second sign-in replaces, and without a refresh token of its own keeps the one that is there', async () => {
    const w = keepingWorld(provider);
    const { told } = await linked(w, provider);
    const refresh = newest(provider, 'refresh');
    // Google gives one with the first consent alone.
    provider.refreshes = 'none';
    expect(await signInAt(w.browser(), provider)).toBe('ok');
    expect(await told()).toBe(newest(provider));
    provider.refreshes = 'rotating';
    w.clock.advance(hours(1));
    expect(await told()).toBe(newest(provider));
    expect(provider.refreshed).toEqual([refresh]);
    expect(await signInAt(w.browser(), provider)).toBe('ok');
    const another = newest(provider, 'refresh');
    w.clock.advance(hours(1));
    await told();
    expect(provider.refreshed).toEqual([refresh, another]);
  });

  it('linking the same account once more brings tokens, too', async () => {
    const w = keepingWorld(provider);
    const { alice, told } = await linked(w, provider);
    provider.endGrants();
    w.clock.advance(hours(1) - minutes(1));
    expect(await told()).toBe('provider_token_missing');
    const again = alice;
    expect(await signInAt(again, provider)).toBe('ok');
    expect(await linkAt(again, provider)).toBe('ok');
    expect(await told()).toBe(newest(provider));
  });

  it('who is refused leaves nothing; who has a second factor due leaves the tokens of the same account', async () => {
    const w = keepingWorld(provider);
    const { told, userId, account } = await linked(w, provider);
    await w.auth.api.setDisabled(userId, true);
    const before = await account();
    expect(await signInAt(w.browser(), provider)).toBe('account_disabled');
    await w.auth.api.setDisabled(userId, false);
    expect((await account()).tokens).toBe(before.tokens);
    expect(await told()).not.toBe(newest(provider));
  });

  it('google() asks for a refresh token where tokens are kept, and not otherwise', async () => {
    const asked = async (more: object): Promise<URLSearchParams> => {
      const at = { ...google({ clientId, clientSecret, ...more }), issuer: provider.issuer };
      const w = oauthWorld(provider, { providers: [at] });
      return new URL(await begin(w.browser(), 'google')).searchParams;
    };
    expect((await asked({})).has('access_type')).toBe(false);
    expect((await asked({ keepTokens: true })).get('access_type')).toBe('offline');
    const both = await asked({ keepTokens: true, parameters: { prompt: 'consent', access_type: 'online' } });
    expect([both.get('access_type'), both.get('prompt')]).toEqual(['online', 'consent']);
  });
});

describe('a token lives as long as its link', () => {
  it('a link that ends takes it along, and ends it at the provider', async () => {
    const w = keepingWorld(provider);
    const alice = await w.signedIn('alice@example.org');
    expect(await linkAt(alice, provider)).toBe('ok');
    const { id } = await me(alice);
    const { told, account } = asking(w, id);
    expect(await told()).toBe(newest(provider));
    expect((await alice.delete(`/accounts/${(await account()).id}`)).status).toBe(204);
    await w.auth.drain();
    expect(provider.revoked).toEqual([newest(provider, 'refresh')]);
    expect(await told()).toBe('provider_token_missing');
    expect(await w.stores.durable.open<OAuthAccount>('account').listByUser(id)).toEqual([]);
  });

  it('what an unlink that broke off has left behind is ended, too', async () => {
    const w = keepingWorld(provider);
    const alice = await w.signedIn('alice@example.org');
    expect(await linkAt(alice, provider)).toBe('ok');
    const { id: userId } = await me(alice);
    const { account } = asking(w, userId);
    const { id } = await account();
    const credentials = w.stores.durable.open<CredentialRecord>('credential');
    const record = await credentials.get(userId);
    if (record === null) throw new Error('no credential');
    await credentials.replace({ ...record, accounts: [], version: record.version + 1 }, record.version);
    expect((await alice.delete(`/accounts/${id}`)).status).toBe(204);
    await w.auth.drain();
    expect(provider.revoked).toEqual([newest(provider, 'refresh')]);
    expect(await w.stores.durable.open<OAuthAccount>('account').get(id)).toBeNull();
  });

  it('a provider that cannot be reached does not hold it up', async () => {
    const w = keepingWorld(provider);
    const alice = await w.signedIn('alice@example.org');
    expect(await linkAt(alice, provider)).toBe('ok');
    const { account } = asking(w, (await me(alice)).id);
    provider.twist.answer = (path, res) => path === '/revoke' && Boolean(res.writeHead(500).end());
    expect((await alice.delete(`/accounts/${(await account()).id}`)).status).toBe(204);
    await w.auth.drain();
    expect(w.events.findLast(({ name }) => name === 'oauth.refused')?.data).toMatchObject({ phase: 'revoke' });
  });

  it('a user who goes takes it along; a changed and a reset password keep it', async () => {
    const w = keepingWorld(provider);
    const alice = await w.signedIn(email);
    expect(await linkAt(alice, provider)).toBe('ok');
    const { id } = await me(alice);
    const { told } = asking(w, id);
    const token = newest(provider);
    expect((await alice.post('/change-password', { current: goodPassword, password: otherPassword })).status).toBe(204);
    expect(await told()).toBe(token);
    const link = await askReset(w, email);
    expect((await alice.post('/reset-password', { token: link, password: goodPassword })).status).toBe(204);
    await w.auth.drain();
    expect(await told()).toBe(token);
    await w.auth.api.revokeAll(id);
    expect(await told()).toBe(token);
    await w.auth.api.deleteUser(id);
    await w.auth.drain();
    expect(provider.revoked).toEqual([newest(provider, 'refresh')]);
    expect(await w.stores.durable.open<OAuthAccount>('account').listByUser(id)).toEqual([]);
    expect(await told()).toBe('not_found');
  });
});

describe('sealed', () => {
  const everyToken = () => provider.given.flatMap((token) => [token, token.slice(4, 24)]);
  const found = (text: string): readonly string[] => everyToken().filter((token) => text.includes(token));

  it('OIDC-21: no store is given a token, no event, answer, error or view has one', async () => {
    const inner = freshStores();
    const written = recordWrites(inner);
    const w = keepingWorld(provider, { inner: written.stores });
    const { alice, ask, told } = await linked(w, provider);
    w.clock.advance(hours(1));
    await ask();
    const answers = [await alice.get('/accounts'), await alice.get('/session'), await alice.get('/sessions')];
    const thrown: unknown[] = [];
    provider.twist.answer = (path, res, body) => {
      if (path !== '/token') return false;
      res.writeHead(400, { 'content-type': 'application/json' });
      res.end(JSON.stringify({ error: 'invalid_request', error_description: body }));
      return true;
    };
    w.clock.advance(hours(2));
    await ask().catch((error: unknown) => thrown.push(error));
    provider.twist = {};
    provider.endGrants();
    await ask().catch((error: unknown) => thrown.push(error));
    expect(thrown.map((error) => (error as AuthProblem).problem.code)).toEqual([
      'provider_failed',
      'provider_token_missing',
    ]);
    expect(await told()).toBe('provider_token_missing');
    const shown = (value: unknown): string => inspect(value, { depth: null, showHidden: true, maxArrayLength: null });
    const bodies = answers.map(({ body, headers }) => ({ body, headers: [...headers] }));
    expect(provider.given.length).toBe(4);
    expect(found(shown(provider.given))).toHaveLength(8);
    for (const said of [
      written.values,
      w.events,
      w.outbox,
      bodies,
      w.auth,
      thrown,
      thrown.map((e) => JSON.stringify(e)),
    ])
      expect(found(shown(said))).toEqual([]);
    // They were written all the same.
    expect(shown(written.values)).toMatch(/tokens: '1\.[\w-]{16}\.[\w-]{100,}'/);
    expect(Object.keys((await alice.get('/accounts')).body.accounts[0]).sort()).toEqual([
      'email',
      'id',
      'linkedAt',
      'provider',
    ]);
  });

  it('OIDC-21: what is copied into the record of another user, or of another account, does not open', async () => {
    const w = keepingWorld(provider);
    const { told, account } = await linked(w, provider);
    provider.user = { sub: 'subject-2', email: 'bob@corp.example', email_verified: true };
    const bob = w.browser('192.0.2.7');
    expect(await signInAt(bob, provider)).toBe('ok');
    const theirs = asking(w, (await me(bob)).id);
    const store = w.stores.durable.open<OAuthAccount>('account');
    const [from, to] = [await account(), await theirs.account()];
    await store.replace({ ...to, tokens: from.tokens, version: to.version + 1 }, to.version);
    expect(await theirs.told()).toBe('provider_token_missing');
    // Nor the whole row under another owner.
    const mine = await account();
    expect(await told()).not.toBe('provider_token_missing');
    await store.delete(to.id);
    await store.create({ ...to, id: to.id, tokens: mine.tokens, version: 1 });
    expect(await theirs.told()).toBe('provider_token_missing');
    expect(w.events.filter(({ code }) => code === 'provider_token_unreadable')).toHaveLength(1);
  });

  it('nor in another record of the same user', async () => {
    const w = keepingWorld(provider);
    const { alice, account, told, userId } = await linked(w, provider);
    const from = await account();
    // One that has the same key: what keeps it closed is the record's id alone.
    const idOf = (subject: string): string => digest('account', `${provider.issuer}\0${subject}`);
    let subject = 'other-0';
    for (let n = 1; idOf(subject)[0] !== from.id[0]; n += 1) subject = `other-${n}`;
    provider.user = { sub: subject, email: 'other@corp.example' };
    expect(await linkAt(alice, provider)).toBe('ok');
    const accounts = w.stores.durable.open<OAuthAccount>('account');
    const to = await accounts.get(idOf(subject));
    if (to === null) throw new Error('no account');
    expect([to.userId, await told({ accountId: to.id })]).toEqual([userId, newest(provider)]);
    expect(await accounts.replace({ ...to, tokens: from.tokens, version: to.version + 1 }, to.version)).toBe(true);
    expect(await told({ accountId: to.id })).toBe('provider_token_missing');
  });

  it('an owner who was swapped in the very same record opens nothing', async () => {
    const w = keepingWorld(provider);
    const { account, userId } = await linked(w, provider);
    const bob = await w.signedIn('bob@example.org');
    const { id: other } = await me(bob);
    const store = w.stores.durable.open<OAuthAccount>('account');
    const record = await account();
    await store.replace({ ...record, userId: other, version: record.version + 1 }, record.version);
    const credentials = w.stores.durable.open<CredentialRecord>('credential');
    const theirs = await credentials.get(other);
    if (theirs === null) throw new Error('no credential');
    const named = { ...theirs, accounts: [record.id], version: theirs.version + 1 };
    expect(await credentials.replace(named, theirs.version)).toBe(true);
    expect(await asking(w, other).told()).toBe('provider_token_missing');
    expect(userId).not.toBe(other);
  });

  it('what one client was granted does not open for another, and is not sent by it', async () => {
    const inner = freshStores();
    const w = keepingWorld(provider, { inner });
    const { userId, told, account } = await linked(w, provider);
    const before = await account();
    w.clock.advance(hours(1));
    const wrong = keepingWorld(provider, {
      inner,
      clock: w.clock,
      providers: [keeping(provider, { clientId: 'other' })],
    });
    expect(await asking(wrong, userId).told()).toBe('provider_token_missing');
    expect([await account(), provider.refreshed.length]).toEqual([before, 0]);
    expect(await told()).toBe(newest(provider));
  });

  it('OIDC-21: an issuer that was swapped in the very same record opens nothing, and gets nothing', async () => {
    const other = await testProvider();
    try {
      freshProvider(other);
      const inner = freshStores();
      const w = keepingWorld(provider, { inner, providers: [keeping(provider), keeping(other, { id: 'other' })] });
      const { userId, told, alice, account } = await linked(w, provider);
      const store = w.stores.durable.open<OAuthAccount>('account');
      const record = await account();
      const { issuer } = other;
      const turned = { ...record, provider: 'other', issuer, version: record.version + 1 };
      expect(await store.replace(turned, record.version)).toBe(true);
      w.clock.advance(hours(1));
      expect(await told({ provider: 'other' })).toBe('provider_token_missing');
      // Nor where the provider has another issuer by now, under the id and the client that it had.
      const moved = keepingWorld(provider, { inner, clock: w.clock, providers: [keeping(other)] });
      const back = { ...turned, provider: 'corp', version: turned.version + 1 };
      expect(await store.replace(back, turned.version)).toBe(true);
      expect(await asking(moved, userId).told()).toBe('provider_token_missing');
      await moved.auth.api.deleteUser(userId);
      await moved.auth.drain();
      expect([other.refreshed, other.revoked, other.hits.get('/token')]).toEqual([[], [], undefined]);
      expect(await me(alice)).toBeNull();
    } finally {
      await other.close();
    }
  });

  it('nor does another id of the same issuer and client', async () => {
    const inner = freshStores();
    const w = keepingWorld(provider, { inner });
    const { userId, account } = await linked(w, provider);
    const record = await account();
    const store = w.stores.durable.open<OAuthAccount>('account');
    await store.replace({ ...record, provider: 'renamed', version: record.version + 1 }, record.version);
    const renamed = keepingWorld(provider, {
      inner,
      clock: w.clock,
      providers: [keeping(provider, { id: 'renamed' })],
    });
    expect(await asking(renamed, userId).told({ provider: 'renamed' })).toBe('provider_token_missing');
  });

  it('OIDC-21: a user who goes after the provider has moved to another issuer: that one gets nothing', async () => {
    const other = await testProvider();
    try {
      freshProvider(other);
      const inner = freshStores();
      const w = keepingWorld(provider, { inner });
      const { userId } = await linked(w, provider);
      const moved = keepingWorld(provider, { inner, clock: w.clock, providers: [keeping(other)] });
      expect(await asking(moved, userId).told()).toBe('provider_token_missing');
      await moved.auth.api.deleteUser(userId);
      await moved.auth.drain();
      expect([other.revoked, provider.revoked, [...other.hits.keys()]]).toEqual([[], [], []]);
      // Not for want of a key.
      expect(moved.events.filter(({ code }) => code === 'provider_token_unreadable')).toEqual([]);
    } finally {
      await other.close();
    }
  });

  it('a bit that was turned over opens nothing, and nothing is deleted', async () => {
    const w = keepingWorld(provider);
    const { told, account } = await linked(w, provider);
    const store = w.stores.durable.open<OAuthAccount>('account');
    const record = await account();
    const turned = (record.tokens ?? '').replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'));
    await store.replace({ ...record, tokens: turned, version: record.version + 1 }, record.version);
    w.clock.advance(hours(3));
    expect([await told(), (await account()).tokens]).toEqual(['provider_token_missing', turned]);
  });

  it('after a rotation of secrets it is sealed anew by its next use; without its key it waits', async () => {
    const inner = freshStores();
    const w = keepingWorld(provider, { inner });
    const { userId, account } = await linked(w, provider);
    const token = newest(provider);
    const gone = keepingWorld(provider, { inner, clock: w.clock, secrets: otherSecret });
    expect(await asking(gone, userId).told()).toBe('provider_token_missing');
    const both = keepingWorld(provider, { inner, clock: w.clock, secrets: `${otherSecret},${testSecrets}` });
    expect((await account()).tokens).toMatch(/^1\./);
    expect(await asking(both, userId).told()).toBe(token);
    await both.auth.drain();
    expect((await account()).tokens).toMatch(/^2\./);
    expect(await asking(gone, userId).told()).toBe(token);
    // Once is enough.
    const { version } = await account();
    await asking(both, userId).ask();
    await both.auth.drain();
    expect((await account()).version).toBe(version);
  });
});

describe('with a second factor', () => {
  it('the tokens are those of the same account, although the second step is still due', async () => {
    const clock = testClock();
    provider.now = () => clock.now();
    const w = world({ clock, features: [password(), totp({ issuer: 'Example' }), oauth([keeping(provider)])] });
    const { browser } = await withFactor(w, 'alice@example.org');
    expect(await linkAt(browser, provider)).toBe('ok');
    const { told } = asking(w, (await me(browser)).id);
    const other = w.browser('203.0.113.5');
    const answer = await callback(other, provider.approve(await begin(other)));
    expect(answer.headers.get('location')).toContain('/login/second-factor');
    expect([await me(other), await told()]).toEqual([null, newest(provider)]);
  });
});
