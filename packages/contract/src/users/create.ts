import { must } from '../cases.ts';
import { equal, mustEqual } from '../equal.ts';
import { race, racers, together } from '../race.ts';
import { mustFind, mustGet, registered, type UserDraft, user } from './trial.ts';

const law = 'U1';
const method = 'create';

export const createDrafts: readonly UserDraft[] = [
  {
    law,
    method,
    title: 'of 24 racing creates with one login key one wins, and it is who is found',
    harm: 'One address would have two accounts, and which one signs in would be chance',
    run: async ({ clients, fresh, rounds }) => {
      for (let round = 0; round < rounds; round += 1) {
        const loginKey = fresh();
        const tried = Array.from({ length: racers }, (_, n) => user(loginKey, { createdAt: n }));
        const made = await race(clients, (store, n) => store.create(tried[n] ?? user(loginKey)));
        const [winner = null, ...others] = made.filter((one) => one !== null);
        const count = others.length + (winner === null ? 0 : 1);
        must(count === 1, `24 racing creates with one login key: ${count} callers were given a user, exactly 1 may be`);
        const given = tried[made.findIndex((one) => one !== null)];
        mustEqual(winner, { ...given, id: winner?.id }, 'the user that the winner of a race was given');
        await mustFind({ clients }, loginKey, winner, 'after 24 racing creates');
        await mustGet({ clients }, winner?.id ?? '', winner, 'after 24 racing creates');
        // A store that chooses its ids may not be asked for ids that it never gave.
        if (winner?.id !== given?.id) continue;
        const losers = tried.filter(({ id }) => id !== winner?.id);
        const left = await together(losers.map(({ id }) => clients[1].get(id)));
        must(
          left.every((one) => one === null),
          'a create that was answered null left a user behind',
        );
      }
    },
  },
  {
    law,
    method,
    title: 'with a login key in use it is null, and nothing has changed',
    harm: 'Registering an address again would take the account over',
    run: async ({ clients, fresh }) => {
      const loginKey = fresh();
      const first = await registered(clients[0], loginKey, { profile: { name: 'first' } });
      for (const store of clients) {
        const answer = await store.create(user(loginKey, { profile: { name: 'second' } }));
        must(answer === null, 'create with a login key in use was not answered null');
      }
      await mustFind({ clients }, loginKey, first, 'after refused creates');
      await mustGet({ clients }, first.id, first, 'after refused creates');
    },
  },
  {
    law,
    method,
    title: 'never gives an id twice: not one in use, not one of a deleted user',
    harm: 'A new user would inherit the sessions and the credential of a deleted one',
    run: async ({ clients, fresh }) => {
      const [one, two] = clients;
      const first = await registered(one, fresh());
      const loginKey = fresh();
      const again = await two.create(user(loginKey, { id: first.id }));
      must(again?.id !== first.id, 'an id in use was given to a second user');
      await mustGet({ clients }, first.id, first, 'after a create that proposed the id of another user');
      await mustFind({ clients }, loginKey, again, 'after a create that proposed the id of another user');
      const ids = [first.id];
      for (let n = 0; n < 5; n += 1) {
        const last = await registered(n % 2 === 0 ? one : two, fresh());
        must(!ids.includes(last.id), 'the id of a deleted user was given to another');
        ids.push(last.id);
        await one.delete(last.id);
      }
    },
  },
  {
    law,
    method,
    title: '24 racing creates with 24 login keys give 24 users',
    harm: 'Two people who register in one moment would become one, or one of them be refused',
    run: async ({ clients, fresh }) => {
      const keys = Array.from({ length: racers }, fresh);
      const made = await race(clients, (store, n) => registered(store, keys[n] ?? fresh()));
      must(new Set(made.map(({ id }) => id)).size === racers, 'two users were given one id');
      const found = await together(
        made.map(({ loginKey }, n) => clients[n % 2 === 0 ? 1 : 0].findByLoginKey(loginKey)),
      );
      must(equal(found, made), 'after 24 racing creates with 24 login keys not everybody is found');
    },
  },
];
