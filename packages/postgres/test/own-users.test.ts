import { readFileSync } from 'node:fs';
import { userStoreContract } from '@sallyport/contract';
import type { Stores } from '@sallyport/core/ports';
import pg from 'pg';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { startProxy } from '../../../tools/services/proxy.ts';
import { world as coreWorld, goodPassword } from '../../core/test/harness.ts';
import { fromPg, migrate, postgresStores, type Run } from '../src/index.ts';
import { missing, nobody, passAfterOne, portOf, sharedPostgres, urlOf, world } from './harness.ts';
import { ownUsers } from './own-users.ts';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const guide = read('../../../docs/guide/postgres.md');
const blocks = (language: string): readonly string[] =>
  [...guide.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, text = '']) => text);

/** The application's table as it was, then as the guide changes it. */
const [before = '', change = ''] = blocks('sql').filter((text) => text.includes('table users'));

test('the guide shows the very code that is tested here', () => {
  expect(blocks('ts')).toContain(read('./own-users.ts'));
});

describe.skipIf(missing !== null)("the application's own table users, as in the guide", () => {
  const { schema, ends } = world();
  const poolAt = (url: string): pg.Pool => {
    // Tables of the guide have no schema in their names.
    const pool = new pg.Pool({ connectionString: `${url}?options=-csearch_path%3D${schema}`, max: 10 });
    ends.push(() => pool.end());
    return pool;
  };
  const lazily = (url: () => string | Promise<string>): Run => {
    let run: Promise<Run> | null = null;
    return async (...question) => {
      run ??= Promise.resolve(url()).then((at) => fromPg(poolAt(at)));
      return (await run)(...question);
    };
  };
  const [one, two] = [lazily(sharedPostgres), lazily(sharedPostgres)];
  const old = { email: 'Old.Customer@Example.com', name: 'Old Customer' };

  beforeAll(async () => {
    await migrate(one, { schema });
    await one(before, []);
    await one(`insert into users (email, name) values ('${old.email}', '${old.name}')`, []);
    await one(change, []);
    ends.unshift(async () => {
      const admin = new pg.Client({ connectionString: sharedPostgres() });
      await admin.connect();
      await admin.query(`drop schema ${schema} cascade`);
      await admin.end();
    });
  });

  const cases = userStoreContract({
    clients: [ownUsers(one), ownUsers(two)],
    unreachable: ownUsers(lazily(() => urlOf(nobody))),
    lostAnswer: async () => {
      const wire = await startProxy({ to: portOf(sharedPostgres()) });
      ends.push(() => wire.stop());
      const users = ownUsers(lazily(() => urlOf(wire.port)));
      await users.get('1');
      wire.set('lose-answers');
      passAfterOne(wire, ends);
      return users;
    },
    rounds: 4,
  });
  for (const { name, run } of cases) test(name, run);

  const stores = (): Stores => ({ ...postgresStores(one), users: ownUsers(one) });

  it('registers, confirms and signs in, under a serial id', async () => {
    const w = coreWorld({ inner: stores(), unwatched: true });
    const alice = await w.signedIn('Alice@Example.com');
    const { user } = (await alice.get('/session')).body;
    expect(user.id).toMatch(/^[1-9][0-9]*$/);
    expect(user.email).toBe('Alice@Example.com');
    const rows = await one('select login_key, email_verified_at is not null as verified from users where id = $1', [
      Number(user.id),
    ]);
    expect(rows).toEqual([{ login_key: 'alice@example.com', verified: true }]);
    expect(await w.auth.authenticate(alice.headers())).toMatchObject({ user: { id: user.id } });
  });

  it('knows who was there before, who registers again and keeps id and columns', async () => {
    const w = coreWorld({ inner: stores(), unwatched: true });
    const [row] = await one('select id::text from users where login_key = $1', [old.email.toLowerCase()]);
    const known = await ownUsers(one).findByLoginKey(old.email.toLowerCase());
    expect(known).toMatchObject({ id: row?.['id'], version: 1, email: old.email, emailVerifiedAt: null, profile: {} });
    const browser = await w.signedIn(old.email, goodPassword);
    expect((await browser.get('/session')).body.user.id).toBe(known?.id);
    expect(await one('select name from users where id = $1', [Number(known?.id)])).toEqual([{ name: old.name }]);
  });

  it('answers for an id that is no number of its table', async () => {
    const users = ownUsers(one);
    const user = { ...(await users.findByLoginKey(old.email.toLowerCase())), version: 2 } as const;
    for (const id of ['', '0', '01', ' 1', '1 ', '1.0', '-1', '1e0', 'x', '9'.repeat(19), "1'; drop table users; --"]) {
      expect(await users.get(id)).toBeNull();
      expect(await users.delete(id)).toBe(false);
      expect(await users.replace({ ...user, id } as never, 1)).toBe('stale');
    }
  });
});
