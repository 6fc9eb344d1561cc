import type { OneTimeToken, SessionRecord, Stores } from '@sallyport/core/ports';
import type { Thunk } from './duel.ts';
import { oneTimeOf, places, secretId, sessionOf, takeOf, userIdOf } from './samples.ts';

export type FastStores = Pick<Stores, 'ephemeral' | 'rateLimits'>;

export interface Verb<S> {
  readonly name: string;
  /** That many calls `through` the stores, none of which spoils another. */
  prepare(through: S, count: number): Promise<readonly Thunk[]>;
  isRight(answer: unknown): boolean;
}

/** How many sessions, each of a user of its own. */
export const population = 10_000;

export const inChunks = async (count: number, call: (n: number) => Promise<unknown>): Promise<void> => {
  for (let done = 0; done < count; done += 250) {
    await Promise.all(Array.from({ length: Math.min(250, count - done) }, (_, n) => call(done + n)));
  }
};

export const isTrue = (answer: unknown): boolean => answer === true;
export const isFound = (answer: unknown): boolean => typeof answer === 'object' && answer !== null;

export interface Populated {
  readonly sessions: SessionRecord[];
  readonly any: () => SessionRecord;
}

export const populate = async ({ ephemeral }: FastStores): Promise<Populated> => {
  const store = ephemeral.open<SessionRecord>('session');
  const sessions = Array.from({ length: population }, (_, n) => sessionOf(secretId(), userIdOf(n)));
  await inChunks(population, (n) => store.create(sessions[n] ?? sessionOf(secretId(), userIdOf(n))));
  const place = places(1);
  const first = sessions[0] ?? sessionOf(secretId(), userIdOf(0));
  return { sessions, any: () => sessions[place(population)] ?? first };
};

/** What both databases are asked. `real` prepares what is to be there when a verb is called. */
export const fastVerbs = (real: FastStores, { sessions, any }: Populated): readonly Verb<FastStores>[] => {
  const sessionsIn = ({ ephemeral }: FastStores) => ephemeral.open<SessionRecord>('session');
  const tokensIn = ({ ephemeral }: FastStores) => ephemeral.open<OneTimeToken>('one_time');
  const thunks = <T>(items: readonly T[], call: (item: T) => Promise<unknown>): readonly Thunk[] =>
    items.map((item) => () => call(item));
  const many = <T>(count: number, make: () => T): readonly T[] => Array.from({ length: count }, make);
  let turn = 0;

  return [
    {
      name: 'session.get',
      prepare: async (through, count) => {
        const store = sessionsIn(through);
        return thunks(many(count, any), ({ id }) => store.get(id));
      },
      isRight: isFound,
    },
    {
      name: 'session.create',
      prepare: async (through, count) => {
        const store = sessionsIn(through);
        const records = many(count, () => sessionOf(secretId(), userIdOf(1_000_000 + turn++)));
        return thunks(records, (record) => store.create(record));
      },
      isRight: isTrue,
    },
    {
      name: 'session.replace (touch)',
      prepare: async (through, count) => {
        const store = sessionsIn(through);
        if (count > population) throw new RangeError(`at most ${population} sessions can be touched in a round`);
        const records = many(count, () => {
          const at = turn++ % population;
          const old = sessions[at] ?? any();
          const next = { ...old, version: old.version + 1, lastSeenAt: Date.now() };
          sessions[at] = next;
          return next;
        });
        return thunks(records, (record) => store.replace(record, record.version - 1));
      },
      isRight: isTrue,
    },
    {
      name: 'session.listByUser',
      prepare: async (through, count) => {
        const store = sessionsIn(through);
        return thunks(many(count, any), ({ userId }) => store.listByUser(userId ?? ''));
      },
      isRight: (answer) => Array.isArray(answer) && answer.length === 1,
    },
    {
      name: 'one_time.create',
      prepare: async (through, count) => {
        const store = tokensIn(through);
        return thunks(
          many(count, () => oneTimeOf(secretId())),
          (record) => store.create(record),
        );
      },
      isRight: isTrue,
    },
    {
      name: 'one_time.delete (consume)',
      prepare: async (through, count) => {
        const ids = many(count, secretId);
        await inChunks(count, (n) => tokensIn(real).create(oneTimeOf(ids[n] ?? '')));
        const store = tokensIn(through);
        return thunks(ids, (id) => store.delete(id));
      },
      isRight: isTrue,
    },
    {
      name: 'rateLimits.take',
      prepare: async ({ rateLimits }, count) => {
        const place = places(turn++);
        const keys = many(count, () => `login_ip:${place(population)}`);
        return thunks(keys, (key) => rateLimits.take(key, takeOf()));
      },
      isRight: isFound,
    },
  ];
};
