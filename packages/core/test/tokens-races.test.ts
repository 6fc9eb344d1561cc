import { describe, expect, it } from 'vitest';
import { jwt, password, seconds, totp } from '../src/index.ts';
import { goodPassword } from './harness.ts';
import { appOf } from './second-factor.ts';
import { audience, bearer, type Program, program, testKeys, testSigner, tokenWorld } from './tokens.ts';

const email = 'alice@example.org';
const racers = 32;
const rounds = 200;

describe('RT-03, RT-10: many refreshes of one family at once', () => {
  it(`${rounds} rounds of ${racers}: one rotates, the others get its token, nobody is signed out`, async () => {
    const limits = { token_refresh: { burst: 1_000_000 } };
    const signer = { ...testSigner(), sign: async () => new Uint8Array(64) };
    const w = tokenWorld({ limits }, { keys: undefined, signer });
    await w.confirmed(email);
    const own = program(w.auth);
    expect((await own.login(email)).status).toBe(200);
    for (let round = 0; round < rounds; round += 1) {
      w.clock.advance(seconds(11));
      const before = own.refreshToken;
      w.events.length = 0;
      const ask = () => program(w.auth).send('POST', '/refresh', { refreshToken: before });
      const answers = await Promise.all(Array.from({ length: racers }, ask));
      const kinds = [...new Set(answers.map(({ status, body }) => `${status} ${body.refreshToken}`))];
      expect([round, kinds.length, kinds[0]?.slice(0, 3)]).toEqual([round, 1, '200']);
      expect(answers[0]?.body.refreshToken).not.toBe(before);
      const named = (name: string): number => w.events.filter((event) => event.name === name).length;
      expect([named('refresh.rotated'), named('refresh.replayed')]).toEqual([1, racers - 1]);
      own.refreshToken = answers[0]?.body.refreshToken;
    }
    const userId = (await w.stores.users.findByLoginKey(email))?.id ?? '';
    const left = await w.stores.ephemeral.open('refresh').listByUser(userId);
    expect(left.map(({ version }) => version)).toEqual([rounds + 1]);
  });

  it('a theft that many see at once is told once', async () => {
    const w = tokenWorld();
    await w.confirmed(email);
    const own = program(w.auth);
    await own.login(email);
    const spent = own.refreshToken;
    for (let turn = 0; turn < 2; turn += 1) {
      w.clock.advance(seconds(11));
      await own.refresh();
    }
    const asks = Array.from({ length: racers }, () => program(w.auth).refresh(spent));
    expect(new Set((await Promise.all(asks)).map(({ body }) => body.code))).toEqual(new Set(['session_revoked']));
    await w.auth.drain();
    expect(w.outbox.filter(({ type }) => type === 'refresh_token_reused')).toHaveLength(1);
    expect(w.events.filter(({ name }) => name === 'refresh.reused')).toHaveLength(1);
  });

  it('a logout beside refreshes: no row comes back', async () => {
    const w = tokenWorld();
    await w.confirmed(email);
    for (let round = 0; round < 10; round += 1) {
      const own = program(w.auth);
      await own.login(email);
      w.clock.advance(seconds(11));
      const refreshes = Array.from({ length: 8 }, () => program(w.auth).refresh(own.refreshToken));
      const answers = await Promise.all([own.ask('POST', '/logout', {}), ...refreshes]);
      expect(answers[0]?.status).toBe(204);
      expect((await program(w.auth).refresh(own.refreshToken)).body.code).toBe('session_revoked');
      // What the sign-in spent of its limits is given back after the answer.
      await w.auth.drain();
    }
    const userId = (await w.stores.users.findByLoginKey(email))?.id ?? '';
    expect(await w.stores.ephemeral.open('refresh').listByUser(userId)).toEqual([]);
  });

  it('step-up beside step-up: one family goes on', async () => {
    const w = tokenWorld();
    await w.confirmed(email);
    const own = program(w.auth);
    await own.login(email);
    const asks = Array.from({ length: 4 }, () =>
      program(w.auth).send('POST', '/step-up', { password: goodPassword }, bearer(own.accessToken)),
    );
    const answers = await Promise.all(asks);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const userId = (await w.stores.users.findByLoginKey(email))?.id ?? '';
    expect(await w.stores.ephemeral.open('refresh').listByUser(userId)).toHaveLength(1);
  });
});

describe('a second factor on the way to tokens', () => {
  const both = [password(), totp({ issuer: 'Example' }), jwt({ audience, keys: testKeys })];

  it.each(['token', 'body'] as const)(
    '%s: the second step mints the family that the first asked for',
    async (transport) => {
      const w = tokenWorld({ features: both });
      await w.confirmed(email);
      const own: Program = program(w.auth);
      await own.login(email);
      const app = appOf(w, await own.ask('POST', '/mfa/totp', {}));
      const old = own.accessToken;
      const confirmed = await own.ask('POST', `/mfa/totp/${app.id}/confirm`, { code: app.code() });
      expect([confirmed.status, Object.keys(confirmed.body)]).toEqual([
        ...[200, ['recoveryCodes', 'accessToken', 'expiresIn', 'refreshToken']],
      ]);
      expect((await own.send('GET', '/session', undefined, bearer(old))).body.code).toBe('session_revoked');
      expect((await own.ask('GET', '/session')).body.session.aal).toBe(2);

      w.clock.advance(seconds(60));
      const page = w.browser();
      const asked = { email, password: goodPassword, transport, clientId: 'app' };
      const { challenge } = (await page.post('/login', asked)).body;
      expect([...page.jar.keys()]).toEqual([]);
      const answer = await page.post('/login/mfa', { challenge, method: 'totp', code: app.code() });
      expect(answer.status).toBe(200);
      expect(typeof answer.body.refreshToken).toBe(transport === 'body' ? 'string' : 'undefined');
      expect(page.jar.has('__Host-refresh')).toBe(transport === 'token');
      const claims = JSON.parse(Buffer.from(answer.body.accessToken.split('.')[1], 'base64url').toString());
      expect([claims.aal, claims.amr.includes('otp'), claims.client_id]).toEqual([2, true, 'app']);
      const refreshed = await page.post('/refresh', {
        clientId: 'app',
        ...(transport === 'body' ? { refreshToken: answer.body.refreshToken } : {}),
      });
      expect(refreshed.status).toBe(200);
    },
  );

  it('removing the factor goes on in the mode that the caller came in', async () => {
    const w = tokenWorld({ features: both });
    await w.confirmed(email);
    const own = program(w.auth);
    await own.login(email);
    const app = appOf(w, await own.ask('POST', '/mfa/totp', {}));
    await own.ask('POST', `/mfa/totp/${app.id}/confirm`, { code: app.code() });
    // A program without a body says that it sends none of ours: DELETE asks where it comes from.
    const removed = await own.send('DELETE', `/mfa/${app.id}`, undefined, {
      ...bearer(own.accessToken),
      origin: w.auth.origin,
    });
    expect([removed.status, Object.keys(removed.body)]).toEqual([200, ['accessToken', 'expiresIn', 'refreshToken']]);
    const again = await own.send('GET', '/session', undefined, bearer(removed.body.accessToken));
    expect(again.body.session.aal).toBe(1);
  });
});
