import { type AuthClient, createAuthClient } from '@sallyport/client';
import type { JsonObject } from '@sallyport/core';
import { describe, expect, it } from 'vitest';
import { api, type Core, core, goodPassword, otherPassword } from './core.ts';
import { closeLater, minutes, refusal } from './stage.ts';

const email = 'alice@example.com';
type Client = AuthClient<JsonObject>;

const tab = (world: Core, mode: 'cookie' | 'token', fetch?: Client['fetch']): Client => {
  const runtime = world.runtime();
  const client = createAuthClient({
    baseUrl: `${api}/auth`,
    mode,
    runtime: fetch === undefined ? runtime : { ...runtime, fetch },
  });
  closeLater(client.close);
  return client;
};

const does = <T>(world: Core, work: Promise<T>): Promise<T> => world.browser.clock.run(work);

describe.each(['cookie', 'token'] as const)('the calls, by %s', (mode) => {
  it('tell the whole story', async () => {
    const world = core();
    const client = tab(world, mode);
    const other = tab(world, mode);
    const heard: (string | null)[] = [];
    other.subscribe((current) => heard.push(current?.user.email ?? null));

    expect(await does(world, client.session())).toEqual({ user: null, session: null });
    const registered = await does(world, client.register({ email, password: goodPassword }));
    expect(registered).toMatchObject({ status: 'signed_in', user: { email } });
    expect(Object.keys(registered).sort()).toEqual(['status', 'user']);
    await world.browser.clock.pass(0);
    expect(other.current?.user.email).toBe(email);

    const { user, session } = await does(world, other.session());
    expect([user?.email, session?.aal]).toEqual([email, 1]);
    const { sessions } = await does(world, client.sessions());
    expect(sessions.map(({ current }) => current)).toEqual([true]);

    const stepped = await does(world, client.stepUp({ password: goodPassword }));
    expect(Object.keys(stepped)).toEqual(['session']);
    expect(await does(world, client.changePassword({ current: goodPassword, password: otherPassword }))).toBeNull();
    await world.browser.clock.pass(0);
    // The other tab goes on with what the first was given.
    expect((await does(world, other.session())).user?.email).toBe(email);
    expect(await does(world, client.changeEmail({ email: 'alice@new.example' }))).toEqual({ status: 'check_email' });
    expect(await does(world, client.forgotPassword({ email }))).toEqual({ status: 'check_email' });

    expect(await does(world, client.logout())).toBeNull();
    await world.browser.clock.pass(0);
    expect([client.current, other.current]).toEqual([null, null]);
    await does(world, other.login({ email, password: otherPassword }));
    await does(world, other.deleteAccount());
    await world.browser.clock.pass(0);
    expect([client.current, other.current]).toEqual([null, null]);
    expect(heard).toEqual([email, null, email, null]);
    expect((await refusal(does(world, client.login({ email, password: otherPassword })))).code).toBe(
      'invalid_credentials',
    );
  });

  it('reject with what the server says, typed', async () => {
    const world = core();
    const client = tab(world, mode);
    const weak = await refusal(does(world, client.register({ email, password: 'short' })));
    expect([weak.code, weak.status, weak.problem?.reasons]).toEqual(['weak_password', 422, ['too_short']]);
    expect(weak.requestId).toMatch(/^req_/);
    const invalid = await refusal(does(world, client.login({ email: 'nobody', password: '' })));
    expect(invalid.problem?.errors?.map(({ pointer }) => pointer)).toEqual(['/email', '/password']);
    await does(world, client.register({ email, password: goodPassword }));
    const unknown = await refusal(does(world, client.revertEmailChange({ token: 'x' })));
    expect(unknown.code).toBe('token_invalid');
    expect(client.current?.user.email).toBe(email);
    let limited = await refusal(does(world, client.login({ email, password: 'x' })));
    for (let tries = 0; tries < 30 && limited.status === 401; tries += 1)
      limited = await refusal(does(world, client.login({ email, password: 'x' })));
    expect([limited.code, limited.status]).toEqual(['rate_limited', 429]);
    expect(limited.retryAfter).toBeGreaterThan(0);
    expect(client.current?.user.email).toBe(email);
  });

  it('notice that another browser has ended the session', async () => {
    const world = core();
    const client = tab(world, mode);
    await does(world, client.register({ email, password: goodPassword }));
    await world.auth.api.revokeAll(client.current?.user.id ?? '');
    const error = await refusal(does(world, client.changeEmail({ email: 'a@new.example' })));
    expect(error.status).toBe(401);
    expect(client.current).toBeNull();
  });
});

describe('by token', () => {
  const asAlice = async (world: Core): Promise<Client> => {
    const client = tab(world, 'token');
    await does(world, client.register({ email, password: goodPassword }));
    return client;
  };

  it('the token is in no answer, and the cookie holds what renews it', async () => {
    const world = core();
    const client = await asAlice(world);
    expect([...world.browser.cookies.keys()].sort()).toEqual(['__Host-device', '__Host-flow', '__Host-refresh']);
    const login = await does(world, client.login({ email, password: goodPassword }));
    expect(JSON.stringify(login)).not.toContain(await client.accessToken());
  });

  it('every call renews first, where that is due, and once more where the server says so', async () => {
    const world = core();
    const client = await asAlice(world);
    await world.browser.clock.pass(minutes(9.7));
    world.asked.length = 0;
    await does(world, client.sessions());
    expect(world.asked).toEqual(['POST /auth/refresh', 'GET /auth/sessions']);
    // The session goes on in another family, and this tab is the last to hear of it.
    const twin = tab(world, 'token', async (input, init) => world.runtime().fetch(input, init));
    await does(world, twin.session());
    world.asked.length = 0;
    await does(world, twin.changePassword({ current: goodPassword, password: otherPassword }));
    await world.browser.clock.pass(0);
    await does(world, client.sessions());
    expect(world.asked).toEqual(['POST /auth/change-password', 'GET /auth/sessions']);
  });

  it('a browser whose network loses every third answer stays signed in', { timeout: 60_000 }, async () => {
    const world = core();
    let seed = 7;
    const chance = (): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed / 2 ** 31;
    };
    const bad: Client['fetch'] = async (input, init) => {
      const isRefresh = String(input).endsWith('/refresh');
      const lost = isRefresh && chance() < 1 / 3;
      // Lost on the way back: the server has rotated, and the browser never sees the cookie.
      const before = new Map(world.browser.cookies);
      const response = await world.runtime().fetch(input, init);
      if (!lost) return response;
      world.browser.cookies.clear();
      for (const [name, value] of before) world.browser.cookies.set(name, value);
      throw new TypeError('network error');
    };
    const alice = await asAlice(world);
    const tabs = [tab(world, 'token', bad), tab(world, 'token', bad)];
    for (const one of tabs)
      await does(
        world,
        one.session().catch(() => {}),
      );
    alice.close();
    let failures = 0;
    for (let round = 0; round < 60; round += 1) {
      await world.browser.clock.pass(minutes(9.6));
      for (const one of tabs) {
        await does(world, one.sessions()).catch((error: { readonly code?: string }) => {
          expect(error.code).toBe('unreachable');
          failures += 1;
        });
      }
    }
    const refreshes = world.asked.filter((line) => line.endsWith('/refresh')).length;
    expect(refreshes).toBeGreaterThan(70);
    expect(failures).toBeLessThan(20);
    expect(tabs.map(({ current }) => current?.user.email)).toEqual([email, email]);
  });
});

describe('by cookie', () => {
  it('fetch brings cookies to the listed origins, and notices a session that ended', async () => {
    const world = core();
    const client = tab(world, 'cookie');
    await does(world, client.register({ email, password: goodPassword }));
    const response = await does(world, client.fetch(`${api}/auth/sessions`));
    expect(response.status).toBe(200);
    expect((await refusal(client.fetch('https://evil.example/'))).code).toBe('origin_not_allowed');
    expect((await refusal(client.accessToken())).code).toBe('unauthenticated');
    await world.auth.api.revokeAll(client.current?.user.id ?? '');
    expect((await does(world, client.fetch(`${api}/auth/sessions`))).status).toBe(401);
    await world.browser.clock.pass(0);
    expect(client.current).toBeNull();
  });
});
