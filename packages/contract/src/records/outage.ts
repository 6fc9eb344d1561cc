import { must } from '../cases.ts';
import { difference } from '../equal.ts';
import { given, mustAllBeUnavailable, mustBeUnavailable, needsLostAnswer, needsUnreachable } from '../outage.ts';
import { created, type Note, type NoteStore, note, type RecordDraft, type RecordTrial } from './trial.ts';

const law = 'A8';

export const outageDrafts: readonly RecordDraft[] = [
  {
    law,
    method: 'every method',
    title: 'with a backend that cannot be reached it rejects with StoreUnavailableError, and in time',
    harm: 'An outage would look like "signed out", like a free id, or like no devices at all',
    whyNot: needsUnreachable,
    run: async ({ unreachable, kind, fresh, outageMs }) => {
      const space = given(unreachable);
      const store = space.open<Note>(kind);
      const { sweep } = space;
      await mustAllBeUnavailable(outageMs, {
        create: () => store.create(note(fresh())),
        get: () => store.get(fresh()),
        replace: () => store.replace(note(fresh(), { version: 2 }), 1),
        delete: () => store.delete(fresh()),
        listByUser: () => store.listByUser(fresh()),
        ...(sweep === undefined ? {} : { sweep: () => sweep.call(space, 1_000) }),
      });
    },
  },
  {
    law,
    method: 'create',
    title: 'whose answer was lost rejects, is not tried again, and has happened or not',
    harm: 'A session that was made would be refused as taken, by the second try inside the adapter',
    whyNot: needsLostAnswer,
    run: async (trial) => {
      const record = note(trial.fresh());
      await lose(trial, (store) => store.create(record), 'create');
      await mustBeOneOf(trial, record.id, [null, record], 'create');
    },
  },
  {
    law,
    method: 'replace',
    title: 'whose answer was lost rejects, is not tried again, and has happened or not',
    harm: 'A rotation that worked would be taken for a theft, by the second try inside the adapter',
    whyNot: needsLostAnswer,
    run: async (trial) => {
      const record = await created(trial.stores[0], note(trial.fresh()));
      const next = note(record.id, { version: 2, text: 'next' });
      await lose(trial, (store) => store.replace(next, 1), 'replace');
      await mustBeOneOf(trial, record.id, [record, next], 'replace');
    },
  },
  {
    law,
    method: 'delete',
    title: 'whose answer was lost rejects, is not tried again, and has happened or not',
    harm: 'A link that was consumed would be refused to the only one who had it',
    whyNot: needsLostAnswer,
    run: async (trial) => {
      const record = await created(trial.stores[0], note(trial.fresh()));
      await lose(trial, (store) => store.delete(record.id), 'delete');
      await mustBeOneOf(trial, record.id, [record, null], 'delete');
    },
  },
];

const lose = async (
  { lostAnswer, kind, outageMs }: RecordTrial,
  call: (store: NoteStore) => Promise<unknown>,
  what: string,
): Promise<void> => {
  const space = await given(lostAnswer)();
  await mustBeUnavailable(`${what}, whose first answer was lost,`, outageMs, () => call(space.open<Note>(kind)));
};

const mustBeOneOf = async (
  { stores }: RecordTrial,
  id: string,
  states: readonly (Note | null)[],
  what: string,
): Promise<void> => {
  const found = await stores[0].get(id);
  const possible = states.some((state) => difference(found, state) === null);
  must(
    possible,
    `after a lost ${what} the record is neither as before nor as asked: ${difference(found, states[0] ?? null)}`,
  );
};
