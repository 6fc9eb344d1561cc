import type { UserRecord, UserStore } from '@sallyport/core/ports';
import { must } from '../cases.ts';
import { difference } from '../equal.ts';
import { given, mustAllBeUnavailable, mustBeUnavailable, needsLostAnswer, needsUnreachable } from '../outage.ts';
import { registered, type UserDraft, type UserTrial, user } from './trial.ts';

const law = 'A8';

export const outageDrafts: readonly UserDraft[] = [
  {
    law,
    method: 'every method',
    title: 'with a backend that cannot be reached it rejects with StoreUnavailableError, and in time',
    harm: 'An outage would look like "no such user", and an address in use like a free one',
    whyNot: needsUnreachable,
    run: async ({ unreachable, clients, fresh, outageMs }) => {
      const store = given(unreachable);
      // An id that the store gave: it may refuse others for what they are.
      const known = await registered(clients[0], fresh());
      await mustAllBeUnavailable(outageMs, {
        create: () => store.create(user(fresh())),
        get: () => store.get(known.id),
        findByLoginKey: () => store.findByLoginKey(known.loginKey),
        replace: () => store.replace({ ...known, version: 2 }, 1),
        delete: () => store.delete(known.id),
      });
    },
  },
  {
    law,
    method: 'create',
    title: 'whose answer was lost rejects, is not tried again, and has happened or not',
    harm: 'Somebody who did register would be told that the address is taken',
    whyNot: needsLostAnswer,
    run: async (trial) => {
      const loginKey = trial.fresh();
      const asked = user(loginKey);
      await lose(trial, (store) => store.create(asked), 'create');
      const found = await trial.clients[0].findByLoginKey(loginKey);
      mustBeOneOf(found, [null, { ...asked, id: found?.id ?? '' }], 'create');
    },
  },
  {
    law,
    method: 'replace',
    title: 'whose answer was lost rejects, is not tried again, and has happened or not',
    harm: 'A change that was made would be reported as a conflict',
    whyNot: needsLostAnswer,
    run: async (trial) => {
      const stored = await registered(trial.clients[0], trial.fresh());
      const next = { ...stored, version: 2, loginKey: trial.fresh() };
      await lose(trial, (store) => store.replace(next, 1), 'replace');
      const found = await trial.clients[0].get(stored.id);
      mustBeOneOf(found, [stored, next], 'replace');
      for (const one of [stored, next]) {
        const byKey = await trial.clients[0].findByLoginKey(one.loginKey);
        mustBeOneOf(byKey, [one.loginKey === found?.loginKey ? found : null], 'replace');
      }
    },
  },
  {
    law,
    method: 'delete',
    title: 'whose answer was lost rejects, is not tried again, and has happened or not',
    harm: 'An account that was deleted would be reported as missing',
    whyNot: needsLostAnswer,
    run: async (trial) => {
      const stored = await registered(trial.clients[0], trial.fresh());
      await lose(trial, (store) => store.delete(stored.id), 'delete');
      mustBeOneOf(await trial.clients[0].get(stored.id), [stored, null], 'delete');
    },
  },
];

const lose = async (
  { lostAnswer, outageMs }: UserTrial,
  call: (store: UserStore) => Promise<unknown>,
  what: string,
): Promise<void> => {
  const store = await given(lostAnswer)();
  await mustBeUnavailable(`${what}, whose first answer was lost,`, outageMs, () => call(store));
};

const mustBeOneOf = (found: UserRecord | null, states: readonly (UserRecord | null)[], what: string): void => {
  const possible = states.some((state) => difference(found, state) === null);
  must(
    possible,
    `after a lost ${what} the user is neither as before nor as asked: ${difference(found, states[0] ?? null)}`,
  );
};
