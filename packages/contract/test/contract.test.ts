import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { memoryStores } from '@sallyport/core';
import type { RecordSpace, StoredRecord, Stores } from '@sallyport/core/ports';
import { describe, expect, it } from 'vitest';
import { withRows } from '../src/broken/rows.ts';
import { viewOf } from '../src/broken/through.ts';
import {
  type ContractCase,
  type ContractOptions,
  type ContractViolation,
  joinedReadsContract,
  laws,
  rateLimitContract,
  recordSpaceContract,
  storesContract,
  userStoreContract,
} from '../src/index.ts';
import { mapped } from '../src/options.ts';
import { memoryOptions } from './harness.ts';

const spaces = (stores: Stores = memoryStores()): readonly [RecordSpace, RecordSpace] => [
  viewOf(stores).durable,
  viewOf(stores).durable,
];
const caseOf = (cases: readonly ContractCase[], wanted: string): ContractCase => {
  const found = cases.find(({ name }) => name.includes(wanted));
  if (found === undefined) throw new Error(`no case is called ${wanted}`);
  return found;
};
const violation = (one: ContractCase): Promise<ContractViolation> =>
  one.run().then(
    () => Promise.reject(new Error(`passed: ${one.name}`)),
    (error: ContractViolation) => error,
  );

describe('what a contract is given', () => {
  it('two clients that are one object are refused, as a whole and in every part', () => {
    const stores = memoryStores();
    const { users, durable, rateLimits } = stores;
    const same = /both clients are the same object/;
    expect(() => recordSpaceContract({ clients: [durable, durable] })).toThrow(same);
    expect(() => userStoreContract({ clients: [users, users] })).toThrow(same);
    expect(() => rateLimitContract({ clients: [rateLimits, rateLimits] })).toThrow(same);
    expect(() => joinedReadsContract({ clients: [stores, stores] })).toThrow(same);
    expect(() => storesContract({ clients: [stores, stores] })).toThrow(same);
    expect(() => storesContract({ clients: [stores, { ...stores }] })).toThrow(same);
    expect(() => storesContract({ clients: [viewOf(stores), { ...viewOf(stores), durable }] })).not.toThrow();
  });

  it.each<[Partial<ContractOptions<RecordSpace>>, RegExp]>([
    [{ skip: { A77: 'no' } as object }, /skip names A77, of which it has no case; it has A1, A2, A3, A4, kind, A5/],
    [{ skip: { U1: 'no' } }, /skip names U1/],
    [{ skip: { A5: ' ' } }, /skip.A5 needs a reason/],
    [{ rounds: 0 }, /rounds/],
    [{ rounds: 1.5 }, /rounds/],
    [{ clients: [] as never }, /clients must be two handles/],
  ])('%j is refused', (wrong, message) => {
    expect(() => recordSpaceContract({ clients: spaces(), ...wrong })).toThrow(message);
  });

  it('a whole set knows the laws of all, and no other', () => {
    const { clients } = memoryOptions();
    expect(() => storesContract({ clients, skip: { X1: 'no' } as object })).toThrow(/skip names X1/);
    for (const law of Object.keys(laws)) {
      const cases = storesContract({ clients, skip: { [law]: 'for a reason' } });
      expect(cases.filter(({ skip }) => skip === 'for a reason').map((one) => one.law)).toContain(law);
      expect(cases.filter((one) => one.law === law && one.skip === null)).toEqual([]);
    }
  });
});

describe('what is skipped', () => {
  it('says why, in its name too, and does nothing', async () => {
    const { sweep: _, ...bare } = spaces()[0];
    const cases = recordSpaceContract({ clients: [bare, { ...bare }], skip: { A5: 'listed late' } });
    const skipped = cases.filter(({ skip }) => skip !== null);
    expect([...new Set(skipped.map(({ law, skip }) => `${law}: ${skip}`))]).toEqual([
      'A5: listed late',
      'A8: the option `unreachable` was not given',
      'A8: the option `lostAnswer` was not given',
      'A10: this space has no sweep',
    ]);
    for (const { name, skip, run } of skipped) {
      expect(name).toContain(`[skipped: ${skip}]`);
      await run();
    }
  });

  it('are the joined cases, where a set offers none', () => {
    const apart = (): Stores => {
      const { durable, ephemeral, ...others } = viewOf(memoryStores());
      return { ...others, durable: { open: durable.open }, ephemeral: { open: ephemeral.open } };
    };
    const cases = joinedReadsContract({ clients: [apart(), apart()], unreachable: apart() });
    expect(cases.map(({ skip }) => skip)).toEqual(Array(cases.length).fill('these stores offer no joined reads'));
  });
});

describe('what a failure says', () => {
  it('the law, what came, what was expected, and what an application suffers', async () => {
    const wrong = (space: RecordSpace): RecordSpace => ({
      open: <R extends StoredRecord>(kind: string) => ({ ...space.open<R>(kind), delete: async () => true }),
    });
    const [one, two] = spaces();
    const cases = recordSpaceContract({ clients: [wrong(one), wrong(two)] });
    const found = await violation(caseOf(cases, 'A3 delete: of 24 racing'));
    expect(found).toMatchObject({ name: 'ContractViolation', law: 'A3' });
    expect(found.message).toBe(
      'A3 delete: 24 racing deletes of one record: 24 callers were told true, exactly 1 may be. A reset link would work twice.',
    );
  });

  it('a call that rejects where there is an answer is a violation, with its cause', async () => {
    const duplicate = new Error('duplicate key value violates unique constraint');
    const wrong = (space: RecordSpace): RecordSpace => ({
      open: <R extends StoredRecord>(kind: string) => {
        const store = space.open<R>(kind);
        const create: typeof store.create = async (record) => {
          if (await store.create(record)) return true;
          throw duplicate;
        };
        return { ...store, create };
      },
    });
    const [one, two] = spaces();
    const found = await violation(
      caseOf(recordSpaceContract({ clients: [wrong(one), wrong(two)] }), 'A1 create: of 24'),
    );
    expect(found).toMatchObject({ law: 'A1', cause: duplicate });
    expect(found.message).toContain('a call was rejected with Error: duplicate key');
  });

  it('an outage that hangs is found within outageMs', async () => {
    const hanging = viewOf(memoryStores(), () => new Promise(() => {}));
    const options = { ...memoryOptions(), unreachable: hanging, outageMs: 50 };
    const started = storesContract(options).filter(({ name }) => name.includes('cannot be reached'));
    expect(started).toHaveLength(5);
    for (const one of started) expect((await violation(one)).message).toContain('had no outcome after 50 ms');
  });

  it('an error of another copy of the core is called so', async () => {
    class StoreUnavailableError extends Error {
      override readonly name = 'StoreUnavailableError';
    }
    const foreign = viewOf(memoryStores(), () => Promise.reject(new StoreUnavailableError('down')));
    const cases = storesContract({ ...memoryOptions(), unreachable: foreign });
    const found = await violation(caseOf(cases, 'users A8 every method'));
    expect(found.message).toContain('another copy of @sallyport/core');
  });
});

describe('where it runs', () => {
  it('it imports the ports of the core and nothing else: no runner, no runtime', () => {
    const folder = join(import.meta.dirname, '../src');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const imports = files.flatMap((file) =>
      [...readFileSync(join(folder, file), 'utf8').matchAll(/ from '([^.'][^']*)'|import\('([^']+)'\)/g)].map(
        ([, path]) => path,
      ),
    );
    expect([...new Set(imports)]).toEqual(['@sallyport/core/ports']);
  });

  it('a case runs again on the same backend, and beside itself', async () => {
    const { run } = caseOf(storesContract(memoryOptions()), 'durable A1 create: of 24');
    await Promise.all([run(), run(), run()]);
    await run();
  });

  it('a list that lags by half a second is lawful', async () => {
    const lagging = (stores: Stores): RecordSpace => ({
      open: <R extends StoredRecord>(kind: string) => {
        const store = viewOf(stores).durable.open<R>(kind);
        let before: { readonly at: number; readonly list: Promise<readonly R[]> } | null = null;
        const listByUser = async (userId: string): Promise<readonly R[]> => {
          if (before !== null && Date.now() < before.at + 500) return before.list;
          before = { at: Date.now(), list: store.listByUser(userId) };
          return before.list;
        };
        const create: typeof store.create = async (record) => {
          before ??= { at: Date.now(), list: store.listByUser(record.userId ?? '') };
          return store.create(record);
        };
        return { ...store, create, listByUser };
      },
    });
    const stores = memoryStores();
    const cases = recordSpaceContract({ clients: [lagging(stores), lagging(stores)], rounds: 1 });
    await caseOf(cases, 'A5 listByUser: after 24 racing').run();
    await caseOf(cases, 'A5 listByUser: lists what is of that user').run();
  });

  it('a store that hides what has ended, to the millisecond, is lawful', async () => {
    const hiding = withRows({ end: (at) => at });
    const cases = storesContract(mapped(memoryOptions(), hiding));
    await Promise.all(cases.filter(({ law }) => law === 'A6' || law === 'A10').map(({ run }) => run()));
  });

  it('a race goes over both clients, half of the callers each', async () => {
    const calls = [0, 0];
    const stores = memoryStores();
    const [one, two] = [0, 1].map((client) =>
      viewOf(stores, (operation, call) => {
        if (operation === 'take') calls[client] = (calls[client] ?? 0) + 1;
        return call();
      }),
    );
    if (one === undefined || two === undefined) throw new Error('two clients were made');
    const cases = rateLimitContract({ clients: [one.rateLimits, two.rateLimits], rounds: 3 });
    await caseOf(cases, 'B2 take: of 24 racing').run();
    expect(calls).toEqual([36, 36]);
  });

  it('a user store that chooses other ids is as good', async () => {
    const numbered = (): ((stores: Stores) => Stores['users']) => {
      let last = 0;
      return ({ users }) => ({
        ...users,
        create: (user) => {
          last += 1;
          return users.create({ ...user, id: `${last}` });
        },
      });
    };
    const backend = memoryStores();
    const give = numbered();
    const users = userStoreContract({ clients: [give(viewOf(backend)), give(viewOf(backend))] });
    for (const { run } of users) await run();
  });
});
