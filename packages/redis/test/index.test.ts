import type { OwnedRecordStore, SessionRecord } from '@sallyport/core/ports';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Server } from '../../../tools/services/child.ts';
import { redisCommand, startRedis } from '../../../tools/services/redis.ts';
import { type RedisEval, redisStores } from '../src/index.ts';
import { create, delist } from '../src/scripts.ts';
import { type Connection, missing, nodeRedis } from './clients.ts';
import { session } from './samples.ts';

const span = 2 ** 20;

describe.skipIf(missing !== null)('the index of a user', () => {
  let server: Server;
  let connection: Connection;
  let store: OwnedRecordStore<SessionRecord>;
  let user: string;
  const redis = (...command: (string | number)[]): Promise<string> => redisCommand(server.port, ...command);
  const over = (evaluate: RedisEval) => redisStores(evaluate).ephemeral.open<SessionRecord>('session');
  const mine = (more: Partial<SessionRecord> = {}): SessionRecord => ({ ...session(), userId: user, ...more });
  const index = (): string => `auth:session@${user}`;
  const entries = async (): Promise<number> => Number(await redis('ZCARD', index()));
  const endOfIndex = async (): Promise<number> => Number(await redis('PEXPIRETIME', index()));
  /** As if the entry had been written so many seconds earlier. */
  const age = async (id: string, seconds: number): Promise<void> => {
    const score = Number(await redis('ZSCORE', index(), id));
    const written = (score - seconds + span) % span;
    await redis('ZADD', index(), score - (score % span) + written, id);
  };

  beforeAll(async () => {
    server = await startRedis();
    connection = await nodeRedis(server.url);
    store = over(connection.evaluate);
  });
  afterAll(async () => {
    connection.close();
    await server.stop();
  });
  beforeEach(() => {
    user = session().userId ?? '';
  });

  it('drops what has ended with every write, though nobody ever lists', async () => {
    await store.create(mine());
    for (let n = 0; n < 30; n += 1) await store.create(mine({ expiresAt: Date.now() - 62_000 }));
    // The live one, and the last, which the next write drops.
    expect(await entries()).toBe(2);
    await store.create(mine());
    expect(await entries()).toBe(2);
    for (let n = 0; n < 3; n += 1) await store.create(mine({ expiresAt: Date.now() - 30_000 }));
    // Within the slack.
    expect(await entries()).toBe(5);
  });

  it('ends with its last entry, and never while one is for ever', async () => {
    const secondOf = (at: number): number => Math.ceil((at + 60_000) / 1_000) * 1_000;
    const [soon, late] = [Date.now() + 3_600_123, Date.now() + 7_200_456];
    const one = mine({ expiresAt: late });
    const two = mine({ expiresAt: soon });
    await store.create(one);
    await store.create(two);
    expect(await endOfIndex()).toBe(secondOf(late));
    await store.replace({ ...one, version: 2, expiresAt: soon - 60_000 }, 1);
    expect(await endOfIndex()).toBe(secondOf(soon));
    await store.replace({ ...two, version: 2, expiresAt: null }, 1);
    expect(await endOfIndex()).toBe(-1);
    await store.replace({ ...two, version: 3, expiresAt: 253_402_300_799_999 }, 2);
    expect(await endOfIndex()).toBe(-1);
    await store.replace({ ...two, version: 4, expiresAt: late }, 3);
    expect(await endOfIndex()).toBe(secondOf(late));
  });

  it('keeps a deleted entry for a minute, and the next list drops it then', async () => {
    const [gone, kept] = [mine(), mine()];
    await store.create(gone);
    await store.create(kept);
    await store.delete(gone.id);
    expect(await store.listByUser(user)).toEqual([kept]);
    expect(await entries()).toBe(2);
    for (const { id } of [gone, kept]) await age(id, 58);
    expect(await store.listByUser(user)).toEqual([kept]);
    expect(await entries()).toBe(2);
    for (const { id } of [gone, kept]) await age(id, 3);
    expect(await store.listByUser(user)).toEqual([kept]);
    expect(await entries()).toBe(1);
  });

  it('drops the entry of a record that has another owner now, under the same rule', async () => {
    const moved = mine();
    const other = session().userId ?? '';
    await store.create(moved);
    const theirs = { ...moved, userId: other, version: 2 };
    await store.replace(theirs, 1);
    expect(await store.listByUser(user)).toEqual([]);
    expect(await store.listByUser(other)).toEqual([theirs]);
    await age(moved.id, 61);
    expect(await store.listByUser(user)).toEqual([]);
    expect(await entries()).toBe(0);
    const back = { ...moved, version: 3 };
    await store.replace(back, 2);
    expect(await store.listByUser(user)).toEqual([back]);
  });

  it('keeps an entry that is written again while somebody lists', async () => {
    const one = mine();
    await store.create(one);
    await store.delete(one.id);
    await age(one.id, 3_600);
    const slow = over(async (script, keys, args) => {
      if (script === delist) {
        // Its minute is over again, so that only the comparison is left to save it.
        await store.create(one);
        await age(one.id, 3_599);
      }
      return connection.evaluate(script, keys, args);
    });
    expect(await slow.listByUser(user)).toEqual([]);
    expect(await store.listByUser(user)).toEqual([one]);
  });

  it('keeps the entry of a create whose record arrives after it', async () => {
    const one = mine();
    let arrive = (): void => {};
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const late = over(async (script, keys, args) => {
      if (script === create) await arrived;
      return connection.evaluate(script, keys, args);
    });
    const created = late.create(one);
    await expect.poll(entries).toBe(1);
    expect(await store.listByUser(user)).toEqual([]);
    arrive();
    expect(await created).toBe(true);
    expect(await store.listByUser(user)).toEqual([one]);
  });

  it('moves with every replace, so a session that is in use stays listed', async () => {
    const one = mine({ expiresAt: Date.now() + 1_000 });
    await store.create(one);
    const touched = { ...one, version: 2, expiresAt: Date.now() + 86_400_000 };
    await store.replace(touched, 1);
    await store.create(mine({ expiresAt: Date.now() - 120_000 }));
    expect(await endOfIndex()).toBeGreaterThan(Date.now() + 86_000_000);
    expect(await store.listByUser(user)).toEqual([touched]);
  });

  it('is of its kind and prefix alone, and there is none for nobody', async () => {
    await redis('FLUSHALL');
    const { ephemeral } = redisStores(connection.evaluate, { prefix: 'other:' });
    await store.create(mine());
    await ephemeral.open<SessionRecord>('session').create(mine());
    await store.create({ ...mine(), userId: null });
    expect(await store.listByUser(user)).toHaveLength(1);
    const keys = (await redis('KEYS', '*')).split('\n').map((key) => key.replace(/:[\w-]{43}$/, ':id'));
    expect(keys.sort()).toEqual(
      [
        'auth:session:id',
        'auth:session:id',
        `auth:session@${user}`,
        'other:session:id',
        `other:session@${user}`,
      ].sort(),
    );
  });

  it('is not shared by owners whose ids UTF-8 would make one', async () => {
    await redis('FLUSHALL');
    const owners = ['a\ud800', 'a\ud801', 'a\udfff', 'a\ufffd', 'a\\ud800'];
    for (const userId of owners) await store.create({ ...session(), userId });
    for (const userId of owners) expect(await store.listByUser(userId)).toMatchObject([{ userId }]);
    expect(await redis('DBSIZE')).toBe(`${2 * owners.length}`);
  });

  it('lists a thousand', async () => {
    const all = Array.from({ length: 1_000 }, () => mine());
    await Promise.all(all.map((one) => store.create(one)));
    expect(await store.listByUser(user)).toHaveLength(1_000);
    await Promise.all(all.slice(1).map(({ id }) => store.delete(id)));
    await Promise.all(all.slice(0, 20).map(({ id }) => age(id, 61)));
    expect(await store.listByUser(user)).toEqual([all[0]]);
    expect(await entries()).toBe(981);
  });
});
