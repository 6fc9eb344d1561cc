import { type OwnedRecordStore, type RecordSpace, type StoredRecord, storeCall } from '@sallyport/core/ports';
import { decode, encode } from './codec.ts';
import { isOne, nameIn, type Setting, slackMs, textOrNull } from './redis.ts';
import type { Script } from './script.ts';
import { create, delist, enlist, list, read, remove, replace } from './scripts.ts';

export const recordSpace = ({ evaluate, prefix, timeoutMs }: Setting): RecordSpace => ({
  open: <R extends StoredRecord>(kind: string): OwnedRecordStore<R> => {
    if (!/^[\w-]{1,64}$/.test(kind)) throw new RangeError(`a kind is 1 to 64 letters, digits, _ and -, not '${kind}'`);
    const call = <T>(verb: string, run: () => Promise<T>): Promise<T> => storeCall(`${kind}.${verb}`, timeoutMs, run);
    // Ids and kinds have neither colon nor at sign, so what follows the kind says what the key is.
    const keyOf = (id: string): string => `${prefix}${kind}:${id}`;
    const indexOf = (userId: string): string => `${prefix}${kind}@${nameIn(userId)}`;

    const find = async (id: string): Promise<R | null> => {
      const value = textOrNull(await evaluate(read, [keyOf(id)], []));
      // The kind names the record's type; one kind is opened with one type only.
      return value === null ? null : (decode(id, value) as R);
    };

    /** Both calls leave in one turn. An entry whose record was refused is harmless: whoever lists looks at the record. */
    const write = async (script: Script, record: R, args: readonly string[]): Promise<boolean> => {
      const { id, userId } = record;
      const { lifetime, second } = endOf(record);
      const written = evaluate(script, [keyOf(id)], [...args, encode(record), ...lifetime]);
      if (userId === null) return isOne(await written);
      const [answer] = await Promise.all([written, evaluate(enlist, [indexOf(userId)], [id, second])]);
      return isOne(answer);
    };

    const listByUser = async (userId: string): Promise<readonly R[]> => {
      const scores = pairsIn(await evaluate(list, [indexOf(userId)], []));
      const found = await Promise.all([...scores].map(async ([id, score]) => ({ id, score, record: await find(id) })));
      const isTheirs = (record: R | null): record is R => record !== null && record.userId === userId;
      const stale = found.filter(({ record }) => !isTheirs(record)).flatMap(({ id, score }) => [id, score]);
      if (stale.length > 0) await evaluate(delist, [indexOf(userId)], stale);
      return found.map(({ record }) => record).filter(isTheirs);
    };

    return {
      create: (record) => call('create', () => write(create, record, [])),
      get: (id) => call('get', () => find(id)),
      replace: (record, expectedVersion) => call('replace', () => write(replace, record, [String(expectedVersion)])),
      delete: (id) => call('delete', async () => isOne(await evaluate(remove, [keyOf(id)], []))),
      listByUser: (userId) => call('listByUser', () => listByUser(userId)),
    };
  },
});

/** Seconds from here on count as never: the scores of an index hold no more. */
const never = 2 ** 32;

/** The lifetime as `SET` takes it, and the second when the entry of an index may go. */
const endOf = ({ expiresAt }: StoredRecord): { readonly lifetime: readonly string[]; readonly second: string } => {
  if (expiresAt === null) return { lifetime: [], second: `${never}` };
  // Redis refuses instants before 1970.
  const end = Math.max(1, Math.ceil(expiresAt + slackMs));
  return { lifetime: ['PXAT', `${end}`], second: `${Math.min(never, Math.ceil(end / 1_000))}` };
};

const pairsIn = (reply: unknown): ReadonlyMap<string, string> => {
  if (!Array.isArray(reply)) throw new TypeError('Redis answered no list');
  const words = reply.map(String);
  return new Map(words.flatMap((word, n) => (n % 2 === 0 ? [[word, words[n + 1] ?? '']] : [])));
};
