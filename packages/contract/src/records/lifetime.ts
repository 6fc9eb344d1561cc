import { must } from '../cases.ts';
import { mustEqual } from '../equal.ts';
import type { Pair } from '../options.ts';
import { pause, together } from '../race.ts';
import { created, type Note, type NoteStore, note, type RecordDraft } from './trial.ts';

const law = 'A6';

/** Below a second, above it, and none that a second divides: flooring any of them ends a record early. */
const lifetimes = [60, 300, 700, 1_100, 1_900];
const yearEnd9999 = 253_402_300_799_999;

export const lifetimeDrafts: readonly RecordDraft[] = [
  {
    law,
    method: 'get',
    title: 'far instants and none at all are kept as they are',
    harm: 'An API key without an end would end',
    run: async ({ stores, fresh }) => {
      const ends = [null, 4_102_444_800_001, yearEnd9999, Date.now() + 31_536_000_000];
      for (const expiresAt of ends) {
        const record = await created(stores[0], note(fresh(), { expiresAt }));
        const next = { ...record, version: 2 };
        for (const store of stores)
          mustEqual(await store.get(record.id), record, `expiresAt ${expiresAt} after create`);
        mustEqual(await stores[1].replace(next, 1), true, `a replace with expiresAt ${expiresAt}`);
        for (const store of stores) mustEqual(await store.get(record.id), next, `expiresAt ${expiresAt} after replace`);
      }
    },
  },
  {
    law,
    method: 'create',
    title: 'of a record that ends in a millisecond it is true all the same, and so is a replace that ends one',
    harm: 'A request that came in the last millisecond would fail as if the id were taken',
    run: async ({ stores, fresh }) => {
      for (const ms of [0, 1, 2]) {
        await created(stores[0], note(fresh(), { expiresAt: Date.now() + ms }));
        const kept = await created(stores[1], note(fresh()));
        const answer = await stores[0].replace({ ...kept, version: 2, expiresAt: Date.now() + ms }, 1);
        must(answer === true, `a replace that ends the record in ${ms} ms was answered ${answer}, not true`);
      }
    },
  },
  {
    law,
    method: 'replace',
    title: 'moves the lifetime: longer, shorter, for ever, and from for ever',
    harm: 'A session that is in use would end with its first lifetime',
    run: async ({ stores, fresh }) => {
      const moved = await together([
        move(stores, fresh, { text: 'longer', from: 500, to: 60_000 }),
        move(stores, fresh, { text: 'for ever', from: 500, to: null }),
        move(stores, fresh, { text: 'shorter', from: 60_000, to: 700 }),
        move(stores, fresh, { text: 'from for ever', from: null, to: 700 }),
      ]);
      const [longer, forEver, ...shorter] = moved;
      await stays(stores, shorter);
      // By now the first lifetime of the others is over.
      await pause(50);
      for (const record of [longer, forEver]) {
        const what = `a lifetime of 500 ms was moved (${record?.text}); 750 ms later the record`;
        for (const store of stores) mustEqual(await store.get(record?.id ?? ''), record, what);
      }
    },
  },
  {
    law,
    method: 'create',
    title: 'a record is there until expiresAt, to the millisecond',
    harm: 'A link would be dead while the mail says that it works',
    run: async ({ stores, fresh }) => {
      const start = Date.now();
      const records = lifetimes.map((ms) => note(fresh(), { expiresAt: start + ms, text: `${ms} ms` }));
      await together(records.map((record, n) => created(stores[n % 2 === 0 ? 0 : 1], record)));
      await stays(stores, records);
    },
  },
];

interface Move {
  readonly text: string;
  readonly from: number | null;
  readonly to: number | null;
}

/** Creates with one lifetime and replaces with another. Where the first was over by then, the machine was slow: once more. */
const move = async ([one, two]: Pair<NoteStore>, fresh: () => string, { text, from, to }: Move): Promise<Note> => {
  const at = (ms: number | null): number | null => (ms === null ? null : Date.now() + ms);
  for (let attempt = 0; ; attempt += 1) {
    const record = await created(one, note(fresh(), { text, expiresAt: at(from) }));
    const next = { ...record, version: 2, expiresAt: at(to) };
    if (await two.replace(next, 1)) return next;
    const isSlow = record.expiresAt !== null && Date.now() >= record.expiresAt;
    must(isSlow && attempt < 5, `a replace that moves the lifetime (${text}) was answered false, not true`);
  }
};

/** Looks again and again, through both clients, for as long as a record may not be gone. */
const stays = async (stores: readonly NoteStore[], records: readonly Note[]): Promise<void> => {
  let waiting = records;
  while (waiting.length > 0) {
    for (const store of stores) {
      await together(
        waiting.map(async (record) => {
          const found = await store.get(record.id);
          // After the answer: what was read is then at least as old as this.
          const left = (record.expiresAt ?? 0) - Date.now();
          must(found !== null || left <= 0, `a record (${record.text}) was gone ${left} ms before its expiresAt`);
          if (found !== null) mustEqual(found, record, `a record (${record.text}) before its expiresAt`);
        }),
      );
    }
    await pause(15);
    waiting = waiting.filter(({ expiresAt }) => expiresAt !== null && expiresAt > Date.now());
  }
};
