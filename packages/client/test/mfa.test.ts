import { type AuthClient, createAuthClient } from '@sallyport/client';
import type { JsonObject } from '@sallyport/core';
import { TOTP, URI } from 'otpauth';
import { describe, expect, it } from 'vitest';
import { api, type Core, core, goodPassword } from './core.ts';
import { closeLater, minutes, refusal } from './stage.ts';

const email = 'alice@example.com';
const login = { email, password: goodPassword };

const tab = (world: Core, mode: 'cookie' | 'token'): AuthClient<JsonObject> => {
  const client = createAuthClient({ baseUrl: `${api}/auth`, mode, runtime: world.runtime() });
  closeLater(client.close);
  return client;
};

/** An authenticator app that has read the picture. */
const appOf = (uri: string, world: Core): (() => string) => {
  const totp = URI.parse(uri);
  if (!(totp instanceof TOTP)) throw new Error(`not a TOTP: ${uri}`);
  return () => totp.generate({ timestamp: world.browser.clock.now() });
};

describe.each(['cookie', 'token'] as const)('a second factor, by %s', (mode) => {
  it('is enrolled, asked for and removed', async () => {
    const world = core();
    const { clock } = world.browser;
    const client = tab(world, mode);
    const other = tab(world, mode);
    await clock.run(client.register(login));
    const token = tokenIn(await world.link);
    await clock.run(world.auth.api.verifyEmail({ token, password: goodPassword }, new Headers()));

    const { factorId, secret, uri } = await clock.run(client.mfa.enrolTotp());
    expect(uri).toContain(secret);
    const code = appOf(uri, world);
    const { recoveryCodes } = await clock.run(client.mfa.confirmTotp({ id: factorId, code: code() }));
    expect(recoveryCodes).toHaveLength(10);
    // The session goes on in another one, here and in the tab beside.
    await clock.pass(0);
    expect((await clock.run(other.mfa.factors())).recoveryCodesLeft).toBe(10);
    expect(await clock.run(client.mfa.renameFactor({ id: factorId, label: 'Phone' }))).toBeNull();
    expect((await clock.run(client.mfa.factors())).factors.map(({ label }) => label)).toEqual(['Phone']);

    await clock.run(client.logout());
    await clock.pass(minutes(1));
    const halfway = await clock.run(client.login(login));
    if (halfway.status !== 'mfa_required') throw new Error(halfway.status);
    expect([client.current, other.current]).toEqual([null, null]);
    const { challenge } = halfway;
    const wrong = await refusal(clock.run(client.loginMfa({ challenge, method: 'totp', code: '000000' })));
    expect([wrong.code, client.current]).toEqual(['mfa_code_invalid', null]);
    const entered = await clock.run(client.loginMfa({ challenge, method: 'totp', code: code() }));
    expect(Object.keys(entered).sort()).toEqual(['status', 'user']);
    await clock.pass(0);
    expect([client, other].map(({ current }) => current?.user.email)).toEqual([email, email]);
    expect((await clock.run(other.session())).session?.aal).toBe(2);

    await clock.pass(minutes(11));
    expect((await refusal(clock.run(client.mfa.removeFactor({ id: factorId })))).code).toBe('step_up_required');
    await clock.run(client.stepUp({ method: 'totp', code: code() }));
    expect((await clock.run(client.mfa.regenerateRecoveryCodes())).recoveryCodes).toHaveLength(10);
    expect(await clock.run(client.mfa.removeFactor({ id: factorId }))).toBeNull();
    await clock.pass(0);
    expect((await clock.run(other.mfa.factors())).factors).toEqual([]);
  });
});

const tokenIn = (link: string): string => new URL(link).searchParams.get('token') ?? '';
