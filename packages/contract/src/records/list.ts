import { mustEqual } from '../equal.ts';
import { race, racers, together } from '../race.ts';
import { awkwardUserIds } from '../samples.ts';
import { created, mustList, note, type RecordDraft } from './trial.ts';

const law = 'A5';
const method = 'listByUser';

export const listDrafts: readonly RecordDraft[] = [
  {
    law,
    method,
    title: 'lists what is of that user and of that kind, whole',
    harm: 'The list of devices would lack one, or show one of somebody else',
    run: async ({ clients, kind, stores, fresh }) => {
      const [one, two] = stores;
      const [owner, other] = [fresh(), fresh()];
      const mine = [
        note(fresh(), { userId: owner, data: { a: [1] } }),
        note(fresh(), { userId: owner, expiresAt: 4102444800000 }),
      ];
      const theirs = note(fresh(), { userId: other });
      for (const [n, record] of [...mine, theirs].entries()) await created(n % 2 === 0 ? one : two, record);
      await clients[0].open(`${kind}_b`).create(note(fresh(), { userId: owner }));
      await mustList({ stores }, owner, mine);
      await mustList({ stores }, other, [theirs]);
      await mustList({ stores }, fresh(), []);
    },
  },
  {
    law,
    method,
    title: 'after 24 racing creates for one user it has all of them',
    harm: '"Sign out my other devices" would leave a session behind',
    run: async ({ stores, fresh, rounds }) => {
      for (let round = 0; round < Math.min(rounds, 3); round += 1) {
        const owner = fresh();
        const records = Array.from({ length: racers }, () => note(fresh(), { userId: owner }));
        await race(stores, (store, n) => store.create(records[n] ?? note(fresh())));
        await mustList({ stores }, owner, records);
        const [gone, left] = [records.slice(0, racers / 2), records.slice(racers / 2)];
        await together(gone.map(({ id }, n) => stores[n % 2 === 0 ? 0 : 1].delete(id)));
        await mustList({ stores }, owner, left);
      }
    },
  },
  {
    law,
    method,
    title: 'follows a replace: the new value, and a new owner',
    harm: 'A device would stay in the list of the user it was taken from',
    run: async ({ stores, fresh }) => {
      const [one, two] = stores;
      const [id, first, second] = [fresh(), fresh(), fresh()];
      const stays = await created(one, note(fresh(), { userId: first }));
      await created(one, note(id, { userId: first }));
      await mustList({ stores }, first, [stays, note(id, { userId: first })]);
      for (const [step, userId] of [second, second, null, first].entries()) {
        const next = note(id, { userId, version: step + 2, text: `step ${step}` });
        mustEqual(await two.replace(next, step + 1), true, 'a replace that changes the owner');
        await mustList({ stores }, first, userId === first ? [stays, next] : [stays]);
        await mustList({ stores }, second, userId === second ? [next] : []);
      }
    },
  },
  {
    law,
    method,
    title: 'a user id is compared byte for byte, is no pattern, and has up to 128 characters of any kind',
    harm: 'A user would see and sign out the devices of another',
    run: async ({ stores, fresh }) => {
      const owned = awkwardUserIds(fresh()).map((userId) => note(fresh(), { userId, text: userId }));
      await together(owned.map((record, n) => created(stores[n % 2 === 0 ? 0 : 1], record)));
      for (const record of owned) await mustList({ stores }, record.text, [record]);
    },
  },
  {
    law: 'A9',
    method,
    title: 'what is of nobody is listed for nobody',
    harm: 'A user with an odd id would be shown the links of everybody',
    run: async ({ stores, fresh }) => {
      const record = await created(stores[0], note(fresh()));
      const moved = note(fresh(), { userId: fresh() });
      await created(stores[0], moved);
      await stores[0].replace({ ...moved, userId: null, version: 2 }, 1);
      for (const store of stores) mustEqual(await store.get(record.id), record, 'a record of nobody');
      for (const userId of ['null', 'undefined', 'NULL', '0', '-', '*', '%', `${moved.userId}`]) {
        await mustList({ stores }, userId, []);
      }
    },
  },
];
