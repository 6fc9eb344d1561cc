import { must } from '../cases.ts';
import { mustEqual } from '../equal.ts';
import { oneWinner, race } from '../race.ts';
import { created, note, type RecordDraft } from './trial.ts';

const law = 'A3';
const method = 'delete';

export const deleteDrafts: readonly RecordDraft[] = [
  {
    law,
    method,
    title: 'of 24 racing deletes of one record one is told true, and the record is gone',
    harm: 'A reset link would work twice',
    run: async ({ stores, fresh, rounds }) => {
      for (let round = 0; round < rounds; round += 1) {
        const id = fresh();
        await created(stores[round % 2 === 0 ? 0 : 1], note(id));
        oneWinner(await race(stores, (store) => store.delete(id)), 'deletes of one record', { won: true, lost: false });
        for (const store of stores) {
          mustEqual(await store.get(id), null, 'after 24 racing deletes the record');
          must((await store.delete(id)) === false, 'a deleted record was deleted again: came true, expected false');
        }
      }
    },
  },
  {
    law,
    method,
    title: 'of a record that never was it is false, and it touches no other',
    harm: 'A guessed link would be accepted',
    run: async ({ stores, fresh }) => {
      const kept = await created(stores[0], note(fresh()));
      const others = [fresh(), `${kept.id}x`, kept.id.slice(0, -1), kept.id.toUpperCase(), kept.id.replace('-', '_')];
      for (const id of others) {
        for (const store of stores) {
          const answer = await store.delete(id);
          must(answer === false, `of an id that nobody used (a neighbour of one in use) it was answered ${answer}`);
        }
      }
      for (const store of stores) mustEqual(await store.get(kept.id), kept, 'after deletes of other ids');
    },
  },
  {
    law,
    method,
    title: 'against racing creates, who was told true adds up to what is there',
    harm: 'A link would be consumed that nobody had, or one consumed would stay',
    run: async ({ stores, fresh, rounds }) => {
      for (let round = 0; round < rounds; round += 1) {
        const id = fresh();
        const isCreate = (n: number) => n % 4 < 2;
        const answers = await race(stores, (store, n) =>
          isCreate(n) ? store.create(note(id, { text: `caller ${n}` })) : store.delete(id),
        );
        const told = (which: (n: number) => boolean) => answers.filter((answer, n) => answer && which(n)).length;
        const [made, removed] = [told(isCreate), told((n) => !isCreate(n))];
        for (const store of stores) {
          const left = (await store.get(id)) === null ? 0 : 1;
          const sum = `${made} creates and ${removed} deletes were told true`;
          must(made - removed === left, `12 creates raced with 12 deletes: ${sum}, but ${left} is left`);
        }
      }
    },
  },
];
