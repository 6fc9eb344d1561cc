import { must } from '../cases.ts';
import { mustEqual } from '../equal.ts';
import { oneWinner, race } from '../race.ts';
import { mustFind, mustGet, registered, type UserDraft } from './trial.ts';

const law = 'U2';
const method = 'replace';
const words = { won: 'replaced', lost: 'stale' } as const;

export const replaceDrafts: readonly UserDraft[] = [
  {
    law,
    method,
    title: 'of 24 racing replaces from one version one is replaced, the others are stale',
    harm: 'A change of the profile would silently undo another one',
    run: async ({ clients, fresh, rounds }) => {
      for (let round = 0; round < rounds; round += 1) {
        const stored = await registered(clients[0], fresh());
        const tried = (n: number) => ({ ...stored, version: 2, profile: { caller: n } });
        const answers = await race(clients, (store, n) => store.replace(tried(n), 1));
        const winner = oneWinner<string>(answers, 'replaces from one version', words);
        await mustGet({ clients }, stored.id, tried(winner), 'after 24 racing replaces');
        await mustFind({ clients }, stored.loginKey, tried(winner), 'after 24 racing replaces');
      }
    },
  },
  {
    law,
    method,
    title: 'writes every member; from any other version it is stale and changes nothing',
    harm: 'A confirmed address would become unconfirmed again',
    run: async ({ clients, fresh }) => {
      const stored = await registered(clients[0], fresh(), { profile: { gone: 1 } });
      const changed = {
        ...stored,
        version: 2,
        email: 'New@Example.com',
        emailVerifiedAt: 1_700_000_000_456,
        profile: { kept: [2] },
      };
      must((await clients[1].replace(changed, 1)) === 'replaced', 'from the stored version it was not replaced');
      await mustGet({ clients }, stored.id, changed, 'after a replace');
      const back = { ...changed, version: 3, email: null, emailVerifiedAt: null };
      must((await clients[0].replace(back, 2)) === 'replaced', 'from the stored version it was not replaced');
      for (const stale of [0, 1, 2, 4, 30]) {
        for (const store of clients) {
          const answer = await store.replace({ ...changed, version: stale + 1 }, stale);
          must(answer === 'stale', `the version is 3; a replace from ${stale} was answered ${answer}, not stale`);
        }
      }
      await mustGet({ clients }, stored.id, back, 'after stale replaces');
    },
  },
  {
    law,
    method,
    title: 'of a user who is not there it is stale and inserts nobody',
    harm: 'A deleted account would come back',
    run: async ({ clients, fresh }) => {
      const gone = await registered(clients[0], fresh());
      must(await clients[0].delete(gone.id), 'a delete of a user who is there was answered false');
      const moved = { ...gone, version: 2, loginKey: fresh() };
      for (const store of clients) {
        for (const next of [{ ...gone, version: 2 }, moved]) {
          const answer = await store.replace(next, 1);
          must(answer === 'stale', `of a deleted user it was answered ${answer}, not stale`);
        }
      }
      await mustGet({ clients }, gone.id, null, 'after a replace of a deleted user');
      for (const key of [gone.loginKey, moved.loginKey])
        await mustFind({ clients }, key, null, 'after a replace of a deleted user');
    },
  },
  {
    law,
    method,
    title: 'against racing deletes it never brings the user back',
    harm: 'A deleted account would come back, or its address stay taken for ever',
    run: async ({ clients, fresh, rounds }) => {
      for (let round = 0; round < rounds; round += 1) {
        const stored = await registered(clients[0], fresh());
        const next = { ...stored, version: 2, loginKey: round % 2 === 0 ? fresh() : stored.loginKey };
        const answers = await race(clients, async (store, n) =>
          n % 4 < 2 ? store.replace(next, 1) : store.delete(stored.id),
        );
        const removed = answers.filter((answer) => answer === true).length;
        must(removed === 1, `12 replaces raced with 12 deletes: ${removed} deletes were told true, exactly 1 may be`);
        await mustGet({ clients }, stored.id, null, 'after replaces raced with deletes');
        for (const key of [stored.loginKey, next.loginKey]) {
          await mustFind({ clients }, key, null, 'after replaces raced with deletes');
        }
        mustEqual(
          (await clients[1].create({ ...stored, loginKey: next.loginKey, id: fresh().slice(0, 60) }))?.version,
          1,
          'the login key is not free for the next; version',
        );
      }
    },
  },
];
