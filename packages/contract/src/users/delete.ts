import { must } from '../cases.ts';
import { mustEqual } from '../equal.ts';
import { oneWinner, race } from '../race.ts';
import { mustFind, mustGet, registered, type UserDraft } from './trial.ts';

const law = 'U5';
const method = 'delete';

export const deleteDrafts: readonly UserDraft[] = [
  {
    law,
    method,
    title: 'of 24 racing deletes of one user one is told true; then the login key is free',
    harm: 'A person who left could never come back, or would still be found',
    run: async ({ clients, fresh, rounds }) => {
      for (let round = 0; round < rounds; round += 1) {
        const stored = await registered(clients[0], fresh());
        oneWinner(await race(clients, (store) => store.delete(stored.id)), 'deletes of one user', {
          won: true,
          lost: false,
        });
        await mustGet({ clients }, stored.id, null, 'after a delete');
        await mustFind({ clients }, stored.loginKey, null, 'after a delete');
        for (const store of clients) must(!(await store.delete(stored.id)), 'a user was deleted twice');
        const heir = await registered(clients[1], stored.loginKey);
        await mustFind({ clients }, stored.loginKey, heir, 'by the key of a deleted user, which another has now');
        must(!(await clients[0].delete(stored.id)), 'a user was deleted twice, after another took the login key');
        await mustFind({ clients }, stored.loginKey, heir, 'by the key of a deleted user, which another has now');
      }
    },
  },
  {
    law,
    method,
    title: 'touches no other user',
    harm: 'Deleting one account would lock another out',
    run: async ({ clients, fresh }) => {
      const keys = [fresh(), fresh()];
      const [kept, gone] = [await registered(clients[0], keys[0] ?? ''), await registered(clients[0], keys[1] ?? '')];
      const moved = { ...gone, version: 2, loginKey: fresh() };
      mustEqual(await clients[1].replace(moved, 1), 'replaced', 'a change of the login key');
      const heir = await registered(clients[1], gone.loginKey);
      must(await clients[1].delete(gone.id), 'a delete of a user who is there was answered false');
      await mustFind({ clients }, moved.loginKey, null, 'by the last key of a deleted user');
      for (const one of [kept, heir]) {
        await mustGet({ clients }, one.id, one, 'after a delete of somebody else');
        await mustFind({ clients }, one.loginKey, one, 'after a delete of somebody else');
      }
    },
  },
];
