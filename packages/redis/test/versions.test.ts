import { expect, it } from 'vitest';
import { redisStores } from '../src/index.ts';
import { missing, nodeRedis, sharedRedis } from './clients.ts';
import { session } from './samples.ts';

it.skipIf(missing !== null)('a version is compared whole, up to the largest safe integer', async () => {
  const { evaluate, close } = await nodeRedis(sharedRedis());
  const store = redisStores(evaluate, { prefix: 'versions:' }).ephemeral.open('session');
  const last = Number.MAX_SAFE_INTEGER;
  for (const version of [1, 12, 2 ** 31, last - 1, last]) {
    const one = { ...session(), version };
    await store.create(one);
    const near = [
      Number(`${version}`.slice(0, -1)),
      Number(`${version}`.slice(1)),
      version - 1,
      version + 1,
      0,
      -version,
    ];
    for (const expected of [...near, version * 10].filter((other) => other !== version)) {
      expect(await store.replace({ ...one, version: 7 }, expected)).toBe(false);
    }
    expect(await store.get(one.id)).toEqual(one);
    expect(await store.replace({ ...one, version: last }, version)).toBe(true);
    expect(await store.get(one.id)).toEqual({ ...one, version: last });
  }
  close();
});
