import type { Stores } from '@sallyport/core/ports';
import type { ContractCase } from '../cases.ts';
import { ContractViolation, type Law } from '../laws.ts';
import { type ContractOptions, mapped } from '../options.ts';
import { together } from '../race.ts';
import { slotsContract } from '../stores.ts';
import { type BrokenStores, brokenStores } from './all.ts';

/** The contract, tried on itself: over stores that keep every law, each broken store is caught. For any runner. */
export const selfTest = (options: ContractOptions<Stores>): readonly ContractCase[] =>
  brokenStores.map((broken) => {
    const [law] = broken.laws;
    const skip = reasonNotTo(broken, options);
    const name = `${broken.laws.join(', ')} catches: ${broken.name} (${broken.slots.join(', ')})`;
    return {
      law,
      name: skip === null ? name : `${name} [skipped: ${skip}]`,
      skip,
      run: async () => {
        if (skip === null) await caughtBy(broken, options);
      },
    };
  });

/** The first violation of each of its laws in each of its slots. Rejects when one of them goes unseen. */
export const caughtBy = async (
  broken: BrokenStores,
  options: ContractOptions<Stores>,
): Promise<readonly ContractViolation[]> => {
  // Slots know nothing of each other, and some laws take seconds.
  const found = trialsOf(broken, options).map(async ({ slot, law, cases }) => {
    const violation = await firstViolation(cases);
    if (violation === null) throw new Error(`${broken.name}: no case of ${law} in ${slot} has caught it`);
    return violation;
  });
  return together(found);
};

interface SlotTrial {
  readonly slot: string;
  readonly law: Law;
  readonly cases: readonly ContractCase[];
}

/** What can run: a slot that cannot show the bug (a space without a sweep) is left out. */
const trialsOf = (broken: BrokenStores, options: ContractOptions<Stores>): readonly SlotTrial[] => {
  const contracts = slotsContract(mapped(options, broken.of)).filter(({ slot }) => broken.slots.includes(slot));
  return contracts.flatMap(({ slot, cases }) =>
    broken.laws
      .map((law) => ({ slot, law, cases: cases.filter((one) => one.law === law && one.skip === null) }))
      .filter((trial) => trial.cases.length > 0),
  );
};

const reasonNotTo = (broken: BrokenStores, options: ContractOptions<Stores>): string | null => {
  const cases = slotsContract(mapped(options, broken.of)).flatMap((one) =>
    broken.slots.includes(one.slot) ? one.cases : [],
  );
  const concerned = cases.filter(({ law }) => broken.laws.includes(law));
  return concerned.some(({ skip }) => skip === null) ? null : (concerned[0]?.skip ?? 'no case of its law');
};

const firstViolation = async (cases: readonly ContractCase[]): Promise<ContractViolation | null> => {
  for (const { run } of cases) {
    try {
      await run();
    } catch (error) {
      // A call that was rejected tells of a backend in trouble, not of the bug.
      if (error instanceof ContractViolation && error.cause === undefined) return error;
      throw error;
    }
  }
  return null;
};
