import { AuthClientError, type CallName, createAuthClient, type SignedIn } from '@sallyport/client';
import type { ErrorCode, ListedSession, Operations, PublicSession, PublicUser } from '@sallyport/core';
import { expect, expectTypeOf, it } from 'vitest';
import { mfa, plain } from '../src/routes.ts';
import { api, core } from './core.ts';

interface Profile {
  readonly name: string;
}

const client = createAuthClient<Profile>({ baseUrl: `${api}/auth`, mode: 'token', runtime: core().runtime() });
client.close();

it('takes and gives what the server does, without tokens', () => {
  expectTypeOf(client.login).parameter(0).toEqualTypeOf<{ readonly email: string; readonly password: string }>();
  type Login = Awaited<ReturnType<typeof client.login>>;
  expectTypeOf<Extract<Login, { status: 'signed_in' }>['user']>().toEqualTypeOf<PublicUser<Profile>>();
  expectTypeOf<Extract<Login, { status: 'mfa_required' }>['challenge']>().toEqualTypeOf<string>();
  expectTypeOf<Login>().not.toHaveProperty('accessToken');
  expectTypeOf(client.changePassword).returns.resolves.toEqualTypeOf<null>();
  expectTypeOf(client.stepUp).returns.resolves.toEqualTypeOf<{ readonly session: PublicSession }>();
  expectTypeOf(client.sessions).returns.resolves.toEqualTypeOf<{ readonly sessions: readonly ListedSession[] }>();
  expectTypeOf(client.revokeSession).parameter(0).toEqualTypeOf<{ readonly id: string }>();
  expectTypeOf(client.logout).toBeCallableWith();
  expectTypeOf(client.logout).toBeCallableWith({ everywhere: true });
  expectTypeOf(client.current).toEqualTypeOf<SignedIn<Profile> | null | undefined>();
  expectTypeOf(client).not.toHaveProperty('refresh');
  // @ts-expect-error the client says it itself
  const wrong = () => client.login({ email: 'a', password: 'b', transport: 'body' });
  expect(wrong).toBeTypeOf('function');
});

it('names every code', () => {
  const { code } = new AuthClientError('unreachable');
  expectTypeOf(code).toEqualTypeOf<ErrorCode | 'unreachable' | 'unexpected_answer' | 'origin_not_allowed'>();
  // @ts-expect-error no such code
  expect(code === 'session_gone').toBe(false);
});

/** What a browser has no use for: the client renews by itself, and verifies nothing. */
type NotCalled = 'refresh' | 'revoke' | 'jwks' | 'finishOAuth';

it('has a call for every operation', () => {
  expectTypeOf<Exclude<keyof Operations<unknown>, CallName | NotCalled>>().toEqualTypeOf<never>();
});

it('asks where the server listens', async () => {
  const { auth } = core();
  const lines = Object.entries<string>({ ...plain, ...mfa });
  expect(lines.length).toBeGreaterThan(20);
  const missing: string[] = [];
  for (const [name, line] of lines) {
    const [method = '', path = ''] = line.split(' ');
    const url = `${api}/auth${path.replace('{id}', 'github')}`;
    const { status } = await auth.handle(new Request(url, { method, headers: { origin: api } }));
    if (status === 404 || status === 405) missing.push(name);
  }
  expect(missing).toEqual([]);
});
