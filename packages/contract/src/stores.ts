import type { Stores } from '@sallyport/core/ports';
import { type Contract, type ContractCase, casesOf, reasonsOf } from './cases.ts';
import { joinedReads } from './joined.ts';
import { type Law, laws } from './laws.ts';
import { type ContractOptions, mapped, settingOf } from './options.ts';
import { rateLimits } from './rate-limits.ts';
import { recordSpace } from './records.ts';
import { userStore } from './users.ts';

/** Every contract, for a whole `Stores`. The slot that a case tries is the first word of its name. */
export const storesContract = (options: ContractOptions<Stores>): readonly ContractCase[] =>
  slotsContract(options).flatMap(({ slot, cases }) => cases.map((one) => ({ ...one, name: `${slot} ${one.name}` })));

/** A part of `Stores`, or what spans them. */
export type Slot = keyof Stores | 'joined';

export interface SlotContract {
  readonly slot: Slot;
  readonly cases: readonly ContractCase[];
}

export const slotsContract = (options: ContractOptions<Stores>): readonly SlotContract[] => {
  const name = 'storesContract';
  settingOf(name, options);
  reasonsOf(name, options, Object.keys(laws));
  const casesFor = <X, Trial>(contract: Contract<X, Trial>, part: (stores: Stores) => X): readonly ContractCase[] =>
    casesOf(contract, { ...mapped(options, part), skip: relevant(options, contract) });
  return [
    { slot: 'users', cases: casesFor(userStore, (stores) => stores.users) },
    { slot: 'durable', cases: casesFor(recordSpace, (stores) => stores.durable) },
    { slot: 'ephemeral', cases: casesFor(recordSpace, (stores) => stores.ephemeral) },
    { slot: 'joined', cases: casesFor(joinedReads, (stores) => stores) },
    // Last: its instants are not of this time, and a store in memory may clean up by them.
    { slot: 'rateLimits', cases: casesFor(rateLimits, (stores) => stores.rateLimits) },
  ];
};

/** Each contract refuses to skip a law that it has no case of. */
const relevant = <X, Trial>(
  { skip = {} }: ContractOptions<Stores>,
  { drafts }: Contract<X, Trial>,
): Readonly<Partial<Record<Law, string>>> =>
  Object.fromEntries(Object.entries(skip).filter(([law]) => drafts.some((draft) => draft.law === law)));
