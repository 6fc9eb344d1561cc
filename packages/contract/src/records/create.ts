import { must } from '../cases.ts';
import { mustEqual } from '../equal.ts';
import { oneWinner, pause, race } from '../race.ts';
import { created, mustList, note, type RecordDraft } from './trial.ts';

const law = 'A1';
const method = 'create';
const words = { won: true, lost: false };

export const createDrafts: readonly RecordDraft[] = [
  {
    law,
    method,
    title: 'of 24 racing creates of one id one wins, and its value is what is stored',
    harm: 'Two people would link the same provider identity, and one of them would lose it',
    run: async ({ stores, fresh, rounds }) => {
      for (let round = 0; round < rounds; round += 1) {
        const id = fresh();
        const tried = (n: number) => note(id, { text: `caller ${n}`, userId: `${id}-of-${n}` });
        const winner = oneWinner(await race(stores, (store, n) => store.create(tried(n))), 'creates of one id', words);
        for (const store of stores) {
          mustEqual(await store.get(id), tried(winner), `after 24 racing creates the winner's record must be stored`);
        }
      }
    },
  },
  {
    law,
    method,
    title: 'a refused create changes nothing: not the value, the version, the owner, nor the lifetime',
    harm: 'Whoever knows an id would overwrite what belongs to somebody else',
    run: async ({ stores, fresh }) => {
      const [one, two] = stores;
      const [id, owner, other] = [fresh(), fresh(), fresh()];
      await created(one, note(id, { userId: owner }));
      const kept = note(id, { userId: owner, version: 2, text: 'kept' });
      await one.replace(kept, 1);
      const soon = Date.now() + 1;
      for (const store of [two, one]) {
        const answer = await store.create(note(id, { userId: other, text: 'intruder', expiresAt: soon }));
        must(answer === false, `an id in use was answered ${answer}, not false`);
      }
      await pause(30);
      for (const store of stores) mustEqual(await store.get(id), kept, 'after a refused create');
      await mustList({ stores }, owner, [kept]);
      await mustList({ stores }, other, []);
    },
  },
  {
    law,
    method,
    title: 'after a delete it begins anew',
    harm: 'Linking an account again after unlinking it would fail, or bring the old state back',
    run: async ({ stores, fresh }) => {
      const [one, two] = stores;
      const id = fresh();
      await created(one, note(id, { userId: fresh(), data: { old: true } }));
      await one.replace(note(id, { version: 2 }), 1);
      await two.delete(id);
      const anew = await created(two, note(id, { text: 'second' }));
      for (const store of stores) mustEqual(await store.get(id), anew, 'a record created after a delete');
    },
  },
];
