import type { RecordSpace } from '@sallyport/core/ports';
import { must } from '../cases.ts';
import { mustEqual } from '../equal.ts';
import { created, type Note, note, type RecordDraft, type RecordTrial } from './trial.ts';

/** A second after the epoch: nothing that anybody keeps ended before. The same in every run, so that runs do not disturb each other. */
const before = 1_000;
/** What a session's end does when it is used, and when it is cut short. */
const moves = [
  [1, 4_102_444_800_000],
  [1, null],
  [4_102_444_800_000, 1],
  [null, 1],
] as const;
/** Somebody else's sweep may take what was ours to count. */
const attempts = 3;

export const sweepDrafts: readonly RecordDraft[] = [
  {
    law: 'A10',
    method: 'sweep',
    title:
      'removes what ended before, wherever a replace moved the end, in every kind, and nothing else; says how many',
    harm: 'Housekeeping would sign users out, or the table would grow for ever',
    whyNot: ({ clients }) => (clients[0].sweep === undefined ? 'this space has no sweep' : null),
    run: async (trial) => {
      for (let attempt = 1; ; attempt += 1) {
        const { removed, told } = await swept(trial);
        if (told >= removed) return;
        must(attempt < attempts, `it said ${told} records were removed, but ${removed} are gone`);
      }
    },
  },
];

const swept = async ({
  clients,
  kind,
  fresh,
}: RecordTrial): Promise<{ readonly removed: number; readonly told: number }> => {
  const [one, two] = clients;
  const stores = [kind, `${kind}_b`].map((name) => [one.open<Note>(name), two.open<Note>(name)] as const);
  const kept = [null, before, before + 1, Date.now() + 3_600_000, 4_102_444_800_000];
  // A store with lifetimes of its own may hide or drop what has ended long ago: only what is seen now is counted.
  const seen: { readonly record: Note; readonly in: number }[] = [];
  for (const [n, [writer, reader]] of stores.entries()) {
    for (const expiresAt of [1, before - 1, ...kept]) {
      const record = await created(writer, note(fresh(), { expiresAt, userId: fresh() }));
      const isSeen = (await reader.get(record.id)) !== null;
      const mustBeSeen = expiresAt === null || expiresAt > Date.now();
      must(isSeen || !mustBeSeen, `a record with expiresAt ${expiresAt} was gone before the sweep`);
      if (isSeen) seen.push({ record, in: n });
    }
  }
  for (const [n, [writer, reader]] of stores.entries()) {
    for (const [from, expiresAt] of moves) {
      const record = await created(writer, note(fresh(), { expiresAt: from, userId: fresh() }));
      const moved = { ...record, version: 2, expiresAt };
      const isThere = (await writer.replace(moved, 1)) && (await reader.get(record.id)) !== null;
      if (isThere) seen.push({ record: moved, in: n });
    }
  }
  const told = await sweepOf(two)(before);
  must(Number.isInteger(told) && told >= 0, `it resolved with ${told}, not with how many it removed`);
  let removed = 0;
  for (const { record, in: n } of seen) {
    const found = await stores[n]?.[0].get(record.id);
    const isDue = record.expiresAt !== null && record.expiresAt < before;
    if (isDue) removed += 1;
    mustEqual(found, isDue ? null : record, `after sweep(${before}) the record with expiresAt ${record.expiresAt}`);
  }
  return { removed, told };
};

const sweepOf = (space: RecordSpace): ((before: number) => Promise<number>) => {
  const { sweep } = space;
  if (sweep === undefined) throw new TypeError('only one of the two clients has a sweep');
  return (instant) => sweep.call(space, instant);
};
