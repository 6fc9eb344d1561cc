import { must } from '../cases.ts';
import { mustEqual } from '../equal.ts';
import { oneWinner, race, racers } from '../race.ts';
import { created, mustList, type Note, type NoteStore, note, type RecordDraft } from './trial.ts';

const law = 'A2';
const method = 'replace';
const words = { won: true, lost: false };

export const replaceDrafts: readonly RecordDraft[] = [
  {
    law,
    method,
    title: 'of 24 racing replaces from one version one wins, and its value is what is stored',
    harm: 'A TOTP code would log in twice, and a refresh token would have two successors',
    run: async ({ stores, fresh, rounds }) => {
      for (let round = 0; round < rounds; round += 1) {
        const id = fresh();
        await created(stores[0], note(id));
        const tried = (n: number) => note(id, { version: 2, text: `caller ${n}` });
        const answers = await race(stores, (store, n) => store.replace(tried(n), 1));
        const winner = oneWinner(answers, 'replaces from one version', words);
        for (const store of stores) {
          mustEqual(await store.get(id), tried(winner), `after 24 racing replaces the winner's record must be stored`);
        }
      }
    },
  },
  {
    law,
    method,
    title: 'writes every member, the owner too',
    harm: 'A change would be half made',
    run: async ({ stores, fresh }) => {
      const id = fresh();
      await created(stores[0], note(id, { userId: fresh(), data: { gone: 1, kept: [1] } }));
      const next = note(id, { userId: fresh(), version: 2, text: 'next', data: { kept: [2] } });
      must((await stores[1].replace(next, 1)) === true, 'from the stored version it was answered false, not true');
      for (const store of stores) mustEqual(await store.get(id), next, 'after a replace');
    },
  },
  {
    law,
    method,
    title: 'from any version but the stored one it is false and changes nothing',
    harm: 'A password change would undo "sign out everywhere" that came in between',
    run: async ({ stores, fresh }) => {
      const id = fresh();
      await created(stores[0], note(id));
      for (const version of [2, 3]) await stores[0].replace(note(id, { version, text: `at ${version}` }), version - 1);
      for (const stale of [0, 1, 2, 4, 5, 30]) {
        for (const store of stores) {
          const answer = await store.replace(note(id, { version: stale + 1, text: 'stale' }), stale);
          must(answer === false, `the version is 3; a replace from ${stale} was answered ${answer}, not false`);
        }
      }
      for (const store of stores) {
        mustEqual(await store.get(id), note(id, { version: 3, text: 'at 3' }), 'after refused replaces');
      }
      // Versions are numbers: 1 is not the beginning of 12, and 9 is not behind it.
      const longer = await created(stores[0], note(fresh(), { version: 12 }));
      for (const stale of [1, 2, 9, 120]) {
        for (const store of stores) {
          const answer = await store.replace({ ...longer, version: stale + 1, text: 'stale' }, stale);
          must(answer === false, `the version is 12; a replace from ${stale} was answered ${answer}, not false`);
        }
      }
    },
  },
  {
    law,
    method,
    title: 'a missing record is not inserted, whether it never was or was deleted',
    harm: 'A slow request would write a session back after its logout',
    run: async ({ stores, fresh }) => {
      const [one, two] = stores;
      const [never, deleted, owner] = [fresh(), fresh(), fresh()];
      await created(one, note(deleted, { userId: owner }));
      await one.delete(deleted);
      for (const id of [never, deleted]) {
        for (const version of [0, 1, 2]) {
          for (const store of [two, one]) {
            const answer = await store.replace(note(id, { version: version + 1, userId: owner }), version);
            must(answer === false, `of a record that is not there it was answered ${answer}, not false`);
          }
        }
        for (const store of stores) mustEqual(await store.get(id), null, 'a replace of a missing record inserted it');
      }
      await mustList({ stores }, owner, []);
    },
  },
  {
    law,
    method,
    title: 'against racing deletes it never brings the record back',
    harm: 'A logout would be undone by the request that ran beside it',
    run: async ({ stores, fresh, rounds }) => {
      for (let round = 0; round < rounds; round += 1) {
        const id = fresh();
        const owner = fresh();
        await created(stores[0], note(id, { userId: owner }));
        const answers = await race(stores, (store, n) =>
          // Pairs of calls, so that both clients make both.
          n % 4 < 2 ? store.replace(note(id, { userId: owner, version: 2, text: `caller ${n}` }), 1) : store.delete(id),
        );
        const removed = answers.filter((answer, n) => n % 4 >= 2 && answer).length;
        for (const store of stores) {
          mustEqual(
            await store.get(id),
            null,
            `12 replaces raced with 12 deletes, ${removed} of which were told true; the record`,
          );
        }
        must(removed === 1, `12 replaces raced with 12 deletes: ${removed} deletes were told true, exactly 1 may be`);
        if (round === 0) await mustList({ stores }, owner, []);
      }
    },
  },
  {
    law,
    method,
    title: 'of 24 racing increments by compare-and-set none is lost',
    harm: 'Two changes of one credential record would leave only the second',
    run: async ({ stores, fresh }) => {
      const id = fresh();
      await created(stores[0], note(id, { data: [] }));
      await race(stores, (store, n) => append(store, id, n));
      const end = await stores[1].get(id);
      must(end?.version === racers + 1, `after 24 increments from version 1 the version is ${end?.version}, not 25`);
      mustEqual(
        lines(end).sort(ascending),
        Array.from({ length: racers }, (_, n) => n),
        'after 24 racing increments',
      );
    },
  },
];

const ascending = (a: number, b: number): number => a - b;

const lines = (record: Note | null): number[] =>
  Array.isArray(record?.data) ? record.data.filter((one): one is number => typeof one === 'number') : [];

/** Every lost try is somebody's success, so nobody needs more tries than there are callers; ten times that is a hang. */
const append = async (store: NoteStore, id: string, n: number): Promise<void> => {
  for (let attempt = 0; attempt < 10 * racers; attempt += 1) {
    const found = await store.get(id);
    if (found === null) break;
    const next = note(id, { version: found.version + 1, data: [...lines(found), n] });
    if (await store.replace(next, found.version)) return;
  }
  must(false, 'a compare-and-set from the version just read did not succeed in 240 tries');
};
