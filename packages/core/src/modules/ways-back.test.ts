import { describe, expect, it } from 'vitest';
import { memoryStores } from '../memory/stores.ts';
import type { OneTimeToken } from '../ports/domain.ts';
import type { RecordStore } from '../ports/records.ts';
import { waysBack } from './ways-back.ts';

const lifetimeMs = 1_000_000;
const start = 1_800_000_000_000;

const make = (wrap: (store: RecordStore<OneTimeToken>) => RecordStore<OneTimeToken> = (store) => store) => {
  let now = start;
  const store = memoryStores().ephemeral.open<OneTimeToken>('one_time');
  const clock = { now: () => now };
  return {
    store,
    ways: waysBack({ store: wrap(store), clock, lifetimeMs }),
    at: (ms: number) => {
      now = start + ms;
    },
  };
};

describe('EMAIL-16: where ways back lead', () => {
  it('the first address is pinned for the lifetime, another has to wait for its end', async () => {
    const { ways, at } = make();
    expect(await ways.pin('u', 'a')).toBe(start + lifetimeMs);
    expect([await ways.leadsTo('u', 'a'), await ways.leadsTo('u', 'b'), await ways.leadsTo('v', 'a')]).toEqual([
      true,
      false,
      false,
    ]);
    at(lifetimeMs - 1);
    expect(await ways.pin('u', 'b')).toBeNull();
    at(lifetimeMs);
    expect(await ways.leadsTo('u', 'a')).toBe(false);
    // The record is still there: nothing removes it but this.
    expect(await ways.pin('u', 'b')).toBe(start + 2 * lifetimeMs);
    expect([await ways.leadsTo('u', 'a'), await ways.leadsTo('u', 'b')]).toEqual([false, true]);
  });

  it('the same address again is pinned for longer: no link outlives its pin', async () => {
    const { ways, at } = make();
    await ways.pin('u', 'a');
    at(lifetimeMs / 2);
    expect(await ways.pin('u', 'a')).toBe(start + 1.5 * lifetimeMs);
    at(lifetimeMs);
    expect(await ways.leadsTo('u', 'a')).toBe(true);
  });

  it('each user has a pin, and it is taken out once', async () => {
    const { ways } = make();
    await ways.pin('u', 'a');
    await ways.pin('v', 'b');
    expect([await ways.unpin('u'), await ways.unpin('u')]).toEqual([true, false]);
    expect([await ways.leadsTo('u', 'a'), await ways.leadsTo('v', 'b')]).toEqual([false, true]);
  });

  it('of twenty racing calls for two addresses all that succeed are for one', async () => {
    const { ways } = make();
    const wanted = Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? 'a' : 'b'));
    const pinned = await Promise.all(wanted.map((loginKey) => ways.pin('u', loginKey)));
    const winners = new Set(wanted.filter((_, n) => pinned[n] !== null));
    expect(winners.size).toBe(1);
    for (const loginKey of winners) expect(await ways.leadsTo('u', loginKey)).toBe(true);
  });

  it('one that is moved by others looks again; what leads elsewhere by then is not moved back', async () => {
    let stolen = false;
    const { ways, store, at } = make((inner) => ({
      ...inner,
      replace: async (record, version) => {
        if (!stolen) {
          stolen = true;
          await inner.replace({ ...record, data: { loginKey: 'b' } }, version);
        }
        return inner.replace(record, version);
      },
    }));
    await ways.pin('u', 'a');
    at(lifetimeMs);
    expect(await ways.pin('u', 'a')).toBeNull();
    const [pin] = await store.listByUser('u');
    expect(pin?.data).toEqual({ loginKey: 'b' });
  });

  it('one that is removed between two looks is made anew, and one that never holds still is a fault', async () => {
    let gone = 0;
    const once = make((inner) => ({
      ...inner,
      get: async (id) => {
        gone += 1;
        if (gone === 1) await inner.delete(id);
        return inner.get(id);
      },
    }));
    await once.ways.pin('u', 'a');
    expect(await once.ways.pin('u', 'a')).toBe(start + lifetimeMs);
    const never = make((inner) => ({ ...inner, create: async () => false, get: async () => null }));
    await expect(never.ways.pin('u', 'a')).rejects.toThrow('moved at every look');
  });
});
