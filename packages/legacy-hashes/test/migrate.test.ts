import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { hashPassword } from '@better-auth/utils/password';
import { createAuth, memoryStores, password } from '@sallyport/core';
import type { CredentialRecord, JsonObject, Stores } from '@sallyport/core/ports';
import { transform } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { legacyHashes } from '../src/index.ts';
import { countingHasher } from './hasher.ts';

interface OldUser {
  readonly id: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly createdAt: number;
  readonly password: string | null;
  readonly profile: JsonObject;
}
type Move = (stores: Pick<Stores, 'users' | 'durable'>, old: OldUser, now: number) => Promise<string>;

const origin = 'http://localhost:3000';
const secret = 'short one'; // shorter than the rules for new ones
const guide = fileURLToPath(new URL('../../../docs/guide/migrate.md', import.meta.url));
let move: Move;
let old: OldUser;

beforeAll(async () => {
  const [, block = ''] = /```ts\n([^`]*export const move[\s\S]*?)```/.exec(readFileSync(guide, 'utf8')) ?? [];
  const { code } = await transform(block, { loader: 'ts' });
  ({ move } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as { move: Move });
  old = {
    ...{ id: 'kT3xQ', email: ' Someone@Example.com', emailVerified: true, createdAt: 5, profile: { name: 'Someone' } },
    password: await hashPassword(secret),
  };
});

const credentials = (stores: Stores) => stores.durable.open<CredentialRecord>('credential');

const login = async (stores: Stores, email = 'someone@example.com'): Promise<Response> => {
  const auth = createAuth({
    mode: 'development',
    origin,
    secrets: '1:iL0bMz3v1Yw7cQ2n8R5tX9aKfPjHd4sGeUuVoWqNyTk',
    stores,
    notifier: { send: async () => {} },
    hasher: legacyHashes({ current: countingHasher([]) }),
    features: [password()],
  });
  const headers = { 'content-type': 'application/json', origin };
  const body = JSON.stringify({ email, password: secret });
  const answer = await auth.handle(new Request(`${origin}/auth/login`, { method: 'POST', headers, body }));
  await auth.drain();
  return answer;
};

const bodyOf = async (answer: Response) => (await answer.json()) as { readonly user?: object; readonly code?: string };

describe('move, as the guide has it', () => {
  it('moves a user of better-auth, who signs in and keeps id, name and address', async () => {
    const stores = memoryStores();
    expect(await move(stores, old, 10)).toBe('moved');
    const answer = await login(stores);
    expect(answer.status).toBe(200);
    expect((await bodyOf(answer)).user).toMatchObject({
      ...{ id: 'kT3xQ', email: 'Someone@Example.com', emailVerified: true, createdAt: 5, profile: { name: 'Someone' } },
    });
    expect((await credentials(stores).get('kT3xQ'))?.password).toBe(`$current$${secret}`);
  });

  it('again takes nobody back to the old hash', async () => {
    const stores = memoryStores();
    await move(stores, old, 10);
    await login(stores);
    expect(await move(stores, old, 20)).toBe('there');
    expect((await credentials(stores).get('kT3xQ'))?.password).toBe(`$current$${secret}`);
  });

  it('stopped after the user was written, it goes on', async () => {
    const stores = memoryStores();
    const broken: Stores = {
      ...stores,
      durable: {
        open: () => {
          throw new Error('planned crash');
        },
      },
    };
    await expect(move(broken, old, 10)).rejects.toThrow('planned crash');
    expect(await move(stores, old, 20)).toBe('moved');
    expect((await login(stores)).status).toBe(200);
  });

  it('leaves an address that somebody has here', async () => {
    const stores = memoryStores();
    await move(stores, { ...old, id: 'other' }, 10);
    expect(await move(stores, old, 20)).toBe('taken');
    expect(await credentials(stores).get('kT3xQ')).toBeNull();
  });

  it('confirms no address that was not', async () => {
    const stores = memoryStores();
    await move(stores, { ...old, emailVerified: false }, 10);
    const answer = await login(stores);
    expect([answer.status, (await bodyOf(answer)).code]).toEqual([403, 'email_unverified']);
  });
});
