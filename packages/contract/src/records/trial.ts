import type { Json, OwnedRecordStore, RecordSpace, StoredRecord } from '@sallyport/core/ports';
import { type Draft, must } from '../cases.ts';
import { difference, show } from '../equal.ts';
import type { Pair, Setting } from '../options.ts';
import { freshWord, within } from '../race.ts';

/** The record of the cases: what every record has, and something to carry. */
export interface Note extends StoredRecord {
  readonly text: string;
  readonly data: Json;
}

export type NoteStore = OwnedRecordStore<Note>;
export type RecordDraft = Draft<RecordSpace, RecordTrial>;

/** One run of one case: a kind of its own, opened by both clients. */
export interface RecordTrial extends Setting<RecordSpace> {
  readonly kind: string;
  readonly stores: Pair<NoteStore>;
  /** An id or a user id that nobody has. */
  readonly fresh: () => string;
}

export const beginRecords = (setting: Setting<RecordSpace>): RecordTrial => {
  const word = freshWord();
  const kind = `contract_${word}`;
  const [one, two] = setting.clients;
  let made = 0;
  return {
    ...setting,
    kind,
    stores: [one.open<Note>(kind), two.open<Note>(kind)],
    fresh: () => {
      made += 1;
      return `${word}-${made}`;
    },
  };
};

export const note = (id: string, more: Partial<Note> = {}): Note => ({
  id,
  userId: null,
  version: 1,
  expiresAt: null,
  text: 'first',
  data: {},
  ...more,
});

/** Creates a record that must be new. */
export const created = async (store: NoteStore, record: Note): Promise<Note> => {
  const answer = await store.create(record);
  must(answer === true, `create of an id that nobody used was answered ${answer}, not true`);
  return record;
};

/** Both clients come to list exactly these, within the second that the law allows. */
export const mustList = (
  { stores }: Pick<RecordTrial, 'stores'>,
  userId: string,
  wanted: readonly Note[],
): Promise<void> =>
  within(1_000, async () => {
    for (const store of stores) {
      const found = faultOf(await store.listByUser(userId), wanted);
      if (found !== null) return `listByUser(${JSON.stringify(userId)}) ${found}`;
    }
    return null;
  });

const faultOf = (listed: readonly Note[], wanted: readonly Note[]): string | null => {
  const missing = wanted.filter(({ id }) => !listed.some((one) => one.id === id));
  if (missing.length > 0) return `lacks ${missing.length} of the ${wanted.length} records of that user`;
  const foreign = listed.filter(({ id }) => !wanted.some((one) => one.id === id));
  if (foreign.length > 0) return `lists ${foreign.length} too many, such as ${show(foreign[0])}`;
  if (listed.length !== wanted.length) return 'lists a record twice';
  const changed = listed.map((one) =>
    difference(
      one,
      wanted.find(({ id }) => id === one.id),
    ),
  );
  return changed.find((found) => found !== null) ?? null;
};
