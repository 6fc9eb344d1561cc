import { describe, expect, it } from 'vitest';
import { brokenStores, caughtBy, selfTest } from '../src/broken.ts';
import { ContractViolation, type Law, storesContract } from '../src/index.ts';
import { mapped } from '../src/options.ts';
import { slotsContract } from '../src/stores.ts';
import { memoryOptions, unreachable } from './harness.ts';

const quick = { rounds: 4, outageMs: 200 };
const brokenBy = (name: string) => {
  const broken = brokenStores.find((one) => one.name === name);
  if (broken === undefined) throw new Error(`no broken store is called ${name}`);
  return broken;
};
/** The title without its slot: a case of records is one case, in whatever slot. */
const titleOf = (name: string) => name.replace(/^\w+ /, '');

const everyTitle = storesContract(memoryOptions()).map(({ name }) => titleOf(name));
const failedTitles = new Set<string>();

describe.concurrent('a broken store is caught, in each of its slots, by the law it breaks', () => {
  for (const broken of brokenStores) {
    it(`${broken.laws.join(', ')}: ${broken.name}`, async () => {
      const slots = slotsContract({ ...mapped(memoryOptions(), broken.of), ...quick });
      const tried = slots.filter(({ slot }) => broken.slots.includes(slot));
      // Slots side by side: some cases wait for a second.
      await Promise.all(
        tried.map(async ({ slot, cases }) => {
          const caught = new Set<Law>();
          for (const { law, name, run } of cases.filter((one) => broken.laws.includes(one.law))) {
            const error: unknown = await run().catch((reason: unknown) => reason);
            if (error === undefined) continue;
            expect(error).toBeInstanceOf(ContractViolation);
            expect(error).toMatchObject({ law, message: expect.stringMatching(/^\w+ [\w ,]+: .+\.$/s) });
            expect((error as ContractViolation).cause).toBeUndefined();
            caught.add(law);
            failedTitles.add(name);
          }
          expect([slot, [...caught].sort()]).toEqual([slot, [...broken.laws].sort()]);
        }),
      );
    });
  }
});

it('every case has caught somebody: there is none that cannot fail', () => {
  expect([...new Set(everyTitle)].filter((title) => !failedTitles.has(title))).toEqual([]);
});

/** One bug each that is of one law alone: no other case may be disturbed by it, nor by being wrapped. */
const onlyBreaks: readonly (readonly [string, Law])[] = [
  ['replace is an upsert', 'A2'],
  ['delete removes neighbours by a pattern', 'A3'],
  ['the list holds one record a user', 'A5'],
  ['nobody is the user "null"', 'A9'],
  ['NUL is dropped', 'A7'],
  ['lone surrogates become U+FFFD', 'A7'],
  ['the sweep takes what ends in that millisecond', 'A10'],
  ['a write whose answer was lost is tried again', 'A8'],
  ['replace brings a deleted user back', 'U2'],
  ['a login key in use is called stale', 'U4'],
  ['login keys are compared without spaces at the end', 'U6'],
  ['instants lose their last digits', 'B1'],
  ['keys are compared without case', 'reset'],
  ['joined names users of another set', 'joined'],
];

describe('a bug of one law disturbs no case of another', () => {
  it.each(onlyBreaks)('%s: %s', async (name, law) => {
    const stores = mapped(memoryOptions(), brokenBy(name).of);
    const failed = new Set<Law>();
    for (const one of storesContract({ ...stores, ...quick, skip: { A6: 'it takes seconds' } })) {
      await one.run().catch(() => failed.add(one.law));
    }
    expect([...failed]).toEqual([law]);
  });
});

describe('the self-test', () => {
  const named = (wanted: string) => selfTest(memoryOptions()).filter(({ name }) => name.includes(wanted));

  it('has a case for every broken store, none skipped, no name twice', () => {
    const cases = selfTest(memoryOptions());
    expect(cases).toHaveLength(brokenStores.length);
    expect(cases.filter(({ skip }) => skip !== null)).toEqual([]);
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  });

  it('passes where the broken store is caught', async () => {
    for (const { run } of [...named('create is an upsert'), ...named('every process counts')]) await run();
  });

  it('gives the first violation of each law in each slot', async () => {
    const found = await caughtBy(brokenBy('replace leaves the owner as it was'), memoryOptions());
    expect(found.map(({ law }) => law)).toEqual(['A2', 'A5', 'A2', 'A5']);
  });

  it('fails where a store is not broken', async () => {
    const fine = { ...brokenBy('create is an upsert'), name: 'nothing is wrong', of: <T>(stores: T) => stores };
    await expect(caughtBy(fine, memoryOptions())).rejects.toThrow(
      'nothing is wrong: no case of A1 in durable has caught it',
    );
  });

  it('does not take a backend in trouble for a bug that was caught', async () => {
    const down = { clients: [unreachable(), unreachable()] } as const;
    await expect(caughtBy(brokenBy('delete always says true'), down)).rejects.toThrow('a call was rejected');
  });

  it('skips, and says why, what the options cannot show', () => {
    const { clients } = memoryOptions();
    const skipped = selfTest({ clients }).filter(({ skip }) => skip !== null);
    expect(skipped.map(({ skip }) => skip)).toEqual(Array(3).fill('the option `unreachable` was not given'));
    for (const { name, skip } of skipped) expect(name).toContain(`[skipped: ${skip}]`);
  });
});
