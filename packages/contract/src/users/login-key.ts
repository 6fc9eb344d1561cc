import type { UserRecord } from '@sallyport/core/ports';
import { must } from '../cases.ts';
import { mustEqual, show } from '../equal.ts';
import { pause, race, racers, together } from '../race.ts';
import { mustFind, mustGet, registered, type UserDraft, type UserTrial, user } from './trial.ts';

const method = 'replace';

export const loginKeyDrafts: readonly UserDraft[] = [
  {
    law: 'U3',
    method,
    title: 'a new login key is found and the old one is free, at once and for both clients',
    harm: 'The old address would still sign in, or nobody could ever register it again',
    run: async ({ clients, fresh }) => {
      const [one, two] = clients;
      const stored = await registered(one, fresh());
      const [first, second] = [stored.loginKey, fresh()];
      // Both look first, so that a cache is filled with what is about to change.
      await mustFind({ clients }, second, null, 'before anybody had that key');
      const moved = { ...stored, version: 2, loginKey: second };
      must((await two.replace(moved, 1)) === 'replaced', 'onto a free login key it was not replaced');
      await mustFind({ clients }, first, null, 'by the old key');
      await mustFind({ clients }, second, moved, 'by the new key');
      await mustGet({ clients }, stored.id, moved, 'after a change of the login key');
      const heir = await registered(one, first);
      await mustFind({ clients }, first, heir, 'by the old key, which another user has now');
      await mustFind({ clients }, second, moved, 'by the new key, after another user took the old one');
      must((await two.delete(heir.id)) === true, 'a delete of a user who is there was answered false');
      must(
        (await one.replace({ ...moved, version: 3, loginKey: first }, 2)) === 'replaced',
        'onto a key that is free again it was not replaced',
      );
      await mustFind({ clients }, second, null, 'by the key that was given up');
    },
  },
  {
    law: 'U3',
    method,
    title: 'while login keys change, a reader finds every user by exactly one of the two',
    harm: 'A login in that moment would fail, or two addresses would sign in one user',
    run: async (trial) => {
      const { clients, rounds, fresh } = trial;
      for (let round = 0; round < rounds; round += 1) {
        const stored = await registered(clients[0], fresh());
        const moved = { ...stored, version: 2, loginKey: fresh() };
        const mover = clients[round % 2 === 0 ? 0 : 1];
        let isMoved = false;
        const move = async (): Promise<void> => {
          const answer = await mover.replace(moved, 1).finally(() => {
            isMoved = true;
          });
          must(answer === 'replaced', `onto a free login key it was answered ${answer}`);
        };
        await together([move(), ...[0, 1, 2, 3].map((n) => watch(trial, stored, moved, n, () => isMoved))]);
      }
    },
  },
  {
    law: 'U3',
    method,
    title: 'a new login key that others race to register has one owner',
    harm: 'One address would belong to two users',
    run: async ({ clients, fresh, rounds }) => {
      for (let round = 0; round < rounds; round += 1) {
        const stored = await registered(clients[0], fresh());
        const loginKey = fresh();
        // Now the first to ask, now among the others.
        const mover = (round * 7) % racers;
        const answers = await race(clients, async (store, n) => {
          if (n !== mover) return (await store.create(user(loginKey))) !== null;
          return (await store.replace({ ...stored, version: 2, loginKey }, 1)) === 'replaced';
        });
        const won = answers.filter((isMine) => isMine).length;
        must(won === 1, `one replace and 23 creates raced for one login key: ${won} callers got it, exactly 1 may`);
        const owner = await clients[1].findByLoginKey(loginKey);
        const isMovers = owner?.id === stored.id;
        must(isMovers === answers[mover], 'who is found by the key is not who was told so');
        await mustFind({ clients }, stored.loginKey, isMovers ? null : stored, 'by the old key of who raced');
      }
    },
  },
  {
    law: 'U4',
    method,
    title: 'onto a login key in use it is taken, and nothing has changed',
    harm: 'Changing an address to that of another user would lock that user out',
    run: async ({ clients, fresh }) => {
      const [mine, theirs] = [await registered(clients[0], fresh()), await registered(clients[1], fresh())];
      for (const store of clients) {
        const answer = await store.replace({ ...mine, version: 2, loginKey: theirs.loginKey, profile: { a: 1 } }, 1);
        must(answer === 'taken', `onto a login key in use it was answered ${answer}, not taken`);
      }
      for (const one of [mine, theirs]) {
        await mustGet({ clients }, one.id, one, 'after a replace that was refused as taken');
        await mustFind({ clients }, one.loginKey, one, 'after a replace that was refused as taken');
      }
      const own = { ...mine, version: 2 };
      must(
        (await clients[0].replace(own, 1)) === 'replaced',
        'onto the login key that it has already it was not replaced',
      );
      await mustFind({ clients }, own.loginKey, own, 'after a replace that kept the login key');
    },
  },
  {
    law: 'U4',
    method,
    title: 'of 24 users who race for one login key one has it, and everybody is still found',
    harm: 'One address would belong to two users, or a user would be found by none',
    run: async ({ clients, fresh, rounds }) => {
      for (let round = 0; round < Math.min(rounds, 4); round += 1) {
        const loginKey = fresh();
        const all = await race(clients, (store) => registered(store, fresh()));
        const tried = all.map((one) => ({ ...one, version: 2, loginKey }));
        const answers = await race(clients, (store, n) => store.replace(tried[n] ?? user(loginKey), 1));
        const won = answers.filter((answer) => answer === 'replaced').length;
        must(won === 1, `24 users raced for one login key: ${won} were told replaced, exactly 1 may be`);
        must(!answers.includes('stale'), '24 users raced for one login key: a loser was told stale, not taken');
        await mustFind(
          { clients },
          loginKey,
          tried[answers.indexOf('replaced')] ?? null,
          'by a key that 24 users raced for',
        );
        const found = await together(all.map((one) => clients[1].findByLoginKey(one.loginKey)));
        mustEqual(
          found,
          all.map((one, n) => (answers[n] === 'replaced' ? null : one)),
          'after a race for one login key, who is found by the own keys',
        );
      }
    },
  },
];

/** Two reads, one after the other, tell what one moment would: keys move once, from the old to the new. */
const watch = async (
  { clients }: UserTrial,
  from: UserRecord,
  to: UserRecord,
  n: number,
  isOver: () => boolean,
): Promise<void> => {
  const store = clients[n % 2 === 0 ? 0 : 1];
  for (let last = false; ; last = isOver()) {
    const one = await store.findByLoginKey(n < 2 ? from.loginKey : to.loginKey);
    const two = await store.findByLoginKey(n < 2 ? to.loginKey : from.loginKey);
    if (n < 2)
      must(
        one !== null || two !== null,
        'a reader found the user neither by the old login key nor, after that, by the new one',
      );
    else
      must(one === null || two === null, 'a reader found a user by the new login key and, after that, by the old one');
    for (const found of [one, two]) {
      must(found === null || found.id === from.id, `a reader found somebody else: ${show(found)}`);
    }
    if (last) return;
    // A store in memory answers in microtasks alone, and readers of it would keep every timer from its turn.
    await pause(0);
  }
};
