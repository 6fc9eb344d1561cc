import { describe, expect, it } from 'vitest';
import { fromPg, postgresStores } from '../src/index.ts';
import { missing, sessionOf, tables, userNamed } from './harness.ts';

describe.skipIf(missing !== null)('a transaction of the application', () => {
  const { schema, pool, client, someoneWaits } = tables();
  const outside = postgresStores(fromPg(pool), { schema });
  const begun = async () => {
    const one = await client();
    await one.query('begin');
    return { stores: postgresStores(fromPg(one), { schema }), end: (how: 'commit' | 'rollback') => one.query(how) };
  };
  const registered = async (word: string) => {
    const user = userNamed(word);
    await outside.users.create(user);
    return user;
  };

  it('takes every write back when it rolls back', async () => {
    const kept = await registered('kept');
    const { stores, end } = await begun();
    const sessions = stores.ephemeral.open('session');
    await stores.users.create(userNamed('lost'));
    await stores.users.replace({ ...kept, version: 2, loginKey: 'new' }, 1);
    await sessions.create(sessionOf('lost', 'kept'));
    await stores.rateLimits.take('lost', { now: 10, incrementMs: 10, ceilingMs: 10 });
    expect(await sessions.listByUser('kept')).toHaveLength(1);
    await end('rollback');
    expect(await outside.users.get('lost')).toBeNull();
    expect(await outside.users.get('kept')).toEqual(kept);
    expect(await outside.users.findByLoginKey('new')).toBeNull();
    expect(await outside.ephemeral.open('session').get('lost')).toBeNull();
    const take = await outside.rateLimits.take('lost', { now: 10, incrementMs: 10, ceilingMs: 10 });
    expect(take).toEqual({ allowed: true, tat: 20 });
  });

  it('keeps every write when it commits, and goes on after each refusal', async () => {
    const other = await registered('other');
    const { stores, end } = await begun();
    const user = userNamed('inside');
    expect(await stores.users.create(user)).toEqual(user);
    expect(await stores.users.create({ ...userNamed('second'), loginKey: user.loginKey })).toBeNull();
    expect(await stores.users.create({ ...user, loginKey: 'third' })).toBeNull();
    expect(await stores.users.replace({ ...user, version: 2, loginKey: other.loginKey }, 1)).toBe('taken');
    expect(await stores.users.replace({ ...user, version: 9, loginKey: other.loginKey }, 8)).toBe('stale');
    const durable = stores.durable.open('account');
    const record = { id: 'a', userId: null, version: 1, expiresAt: null };
    expect(await durable.create(record)).toBe(true);
    expect(await durable.create(record)).toBe(false);
    expect(await durable.replace({ ...record, version: 3 }, 2)).toBe(false);
    expect(await durable.delete('b')).toBe(false);
    await end('commit');
    expect(await outside.users.get('inside')).toEqual(user);
    expect(await outside.durable.open('account').get('a')).toEqual(record);
  });

  it.each([
    { first: 'commit', second: 'stale' },
    { first: 'rollback', second: 'replaced' },
  ] as const)('$first of the first replace of one user makes the second $second', async ({ first, second }) => {
    const user = await registered(`version-${first}`);
    const { stores, end } = await begun();
    expect(await stores.users.replace({ ...user, version: 2, profile: { by: 'first' } }, 1)).toBe('replaced');
    const answer = outside.users.replace({ ...user, version: 2, profile: { by: 'second' } }, 1);
    await someoneWaits();
    await end(first);
    expect(await answer).toBe(second);
    expect((await outside.users.get(user.id))?.profile).toEqual({ by: second === 'stale' ? 'first' : 'second' });
  });

  it.each([
    { first: 'commit', second: 'stale' },
    { first: 'rollback', second: 'replaced' },
  ] as const)('$first of a delete makes a replace that waits for it $second', async ({ first, second }) => {
    const user = await registered(`deleted-${first}`);
    const { stores, end } = await begun();
    expect(await stores.users.delete(user.id)).toBe(true);
    const answer = outside.users.replace({ ...user, version: 2, loginKey: `moved-${first}` }, 1);
    await someoneWaits();
    await end(first);
    expect(await answer).toBe(second);
  });

  it.each([
    { first: 'commit', second: 'taken' },
    { first: 'rollback', second: 'replaced' },
  ] as const)('$first of who took the login key meanwhile makes the second $second', async ({ first, second }) => {
    const [one, two] = [await registered(`one-${first}`), await registered(`two-${first}`)];
    const loginKey = `wanted-${first}`;
    const { stores, end } = await begun();
    expect(await stores.users.replace({ ...one, version: 2, loginKey }, 1)).toBe('replaced');
    const answer = outside.users.replace({ ...two, version: 2, loginKey }, 1);
    await someoneWaits();
    await end(first);
    expect(await answer).toBe(second);
    expect((await outside.users.findByLoginKey(loginKey))?.id).toBe(second === 'taken' ? one.id : two.id);
    expect(await outside.users.get(two.id)).toMatchObject({ version: second === 'taken' ? 1 : 2 });
  });

  it('that loses a version and wants a key that the winner took for the same user is stale', async () => {
    const user = await registered('same');
    const { stores, end } = await begun();
    await stores.users.replace({ ...user, version: 2, loginKey: 'same-new' }, 1);
    const answer = outside.users.replace({ ...user, version: 2, loginKey: 'same-new' }, 1);
    await someoneWaits();
    await end('commit');
    expect(await answer).toBe('stale');
  });

  it('asks one client one question at a time', async () => {
    const one = await client();
    let inFlight = 0;
    let most = 0;
    const { users } = postgresStores(
      fromPg({
        query: async (config) => {
          inFlight += 1;
          most = Math.max(most, inFlight);
          try {
            return await one.query(config);
          } finally {
            inFlight -= 1;
          }
        },
      }),
      { schema },
    );
    const answers = await Promise.allSettled([users.get('a'), users.get('a\0'), users.get('b'), users.get('c')]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(most).toBe(1);
  });
});
