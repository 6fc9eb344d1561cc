import type { OwnedRecordStore, StoredRecord } from '@sallyport/core/ports';
import { withRows } from './rows.ts';
import { type BrokenStores, gap, withRecords } from './wrap.ts';

const slots = ['durable', 'ephemeral'] as const;

/** Lifetimes, values and sweeps, each done wrong. */
export const brokenValues: readonly BrokenStores[] = [
  {
    name: 'a lifetime is cut to whole seconds',
    laws: ['A6'],
    slots,
    modelledOn: 'EXPIRE with Math.floor; better-auth#11022, #10992',
    of: withRows({ end: (at) => (at === null ? null : Date.now() + Math.floor((at - Date.now()) / 1_000) * 1_000) }),
  },
  {
    name: 'an instant is cut to whole seconds',
    laws: ['A6'],
    slots,
    modelledOn: 'a column of type DATETIME, JWT-like `exp` in seconds',
    of: withRows({ end: (at) => (at === null ? null : Math.floor(at / 1_000) * 1_000) }),
  },
  {
    name: 'a replace does not move the lifetime',
    laws: ['A6'],
    slots,
    modelledOn: 'SET with KEEPTTL; a lifetime that only the insert sets',
    of: withRows({ end: (at, before) => (before === undefined ? at : before) }),
  },
  {
    name: 'a record is hidden a little before it ends',
    laws: ['A6'],
    slots,
    modelledOn: 'a margin for clocks that differ, on the wrong side',
    of: withRows({ end: (at) => (at === null ? null : at - 100) }),
  },
  {
    name: 'a record that has ended on arrival is not created',
    laws: ['A6'],
    slots,
    modelledOn: 'SET with PX 0, which Redis refuses, taken for "exists"',
    of: withRecords((store) => ({
      create: async (record) => {
        await gap();
        return (record.expiresAt === null || record.expiresAt > Date.now()) && store.create(record);
      },
    })),
  },
  {
    name: 'nothing lives longer than a day',
    laws: ['A6'],
    slots,
    modelledOn: 'a cap on lifetimes in a cache; setTimeout beyond 2^31',
    of: withRows({ end: (at) => (at !== null && at < Date.now() + 2 ** 31 ? at : Date.now()) }),
  },
  {
    name: 'NUL is dropped',
    laws: ['A7'],
    slots,
    modelledOn: 'adapters that strip what `jsonb` refuses',
    of: withRows({ value: (leaf) => (typeof leaf === 'string' ? leaf.replaceAll('\0', '') : leaf) }),
  },
  {
    name: 'lone surrogates become U+FFFD',
    laws: ['A7'],
    slots,
    modelledOn: 'text that goes through UTF-8 before it is JSON',
    of: withRows({
      value: (leaf) =>
        typeof leaf === 'string'
          ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(leaf))
          : leaf,
    }),
  },
  {
    name: 'text that looks like a date comes back as one',
    laws: ['A7'],
    slots,
    modelledOn: 'JSON.parse with a reviver; an xata consume that returns `expires: new Date()`',
    of: withRows({
      value: (leaf) => (typeof leaf === 'string' && /^\d{4}-\d\d-\d\dT.*Z$/.test(leaf) ? new Date(leaf) : leaf),
    }),
  },
  {
    name: 'text that looks like a number comes back as one',
    laws: ['A7'],
    slots,
    modelledOn: 'Redis hashes and @upstash/redis with automatic deserialisation',
    of: withRows({ value: (leaf) => (typeof leaf === 'string' && /^\d+$/.test(leaf) ? Number(leaf) : leaf) }),
  },
  {
    name: 'numbers lose their last digits',
    laws: ['A7'],
    slots,
    modelledOn: 'cjson in Lua: 14 digits; columns of type FLOAT',
    of: withRows({ value: (leaf) => (typeof leaf === 'number' ? Number(leaf.toPrecision(14)) : leaf) }),
  },
  {
    name: 'big integers come back as text',
    laws: ['A7'],
    slots,
    modelledOn: 'drivers that give int8 as text',
    of: withRows({ value: (leaf) => (typeof leaf === 'number' && leaf > 2 ** 31 ? String(leaf) : leaf) }),
  },
  {
    name: 'members that are null are dropped',
    laws: ['A7'],
    slots,
    modelledOn: 'mappers with `ignoreNull`',
    of: withRecords((store) => ({
      get: async (id) => {
        const found = await store.get(id);
        return found === null ? null : withoutNulls(found);
      },
    })),
  },
  {
    name: 'the object of the caller is what is kept',
    laws: ['A7'],
    slots,
    modelledOn: 'a Map in memory without a copy',
    of: withRecords(<R extends StoredRecord>(store: OwnedRecordStore<R>) => {
      const kept = new Map<string, R>();
      return {
        create: async (record: R) => {
          const isNew = await store.create(record);
          if (isNew) kept.set(record.id, record);
          return isNew;
        },
        get: async (id: string) => {
          const found = await store.get(id);
          return found === null ? null : (kept.get(id) ?? found);
        },
      };
    }),
  },
  {
    name: 'a replace does not move the instant that the sweep goes by',
    laws: ['A10'],
    slots,
    modelledOn: 'an UPDATE of the value that forgets the column beside it',
    of: withRows({ sweptAt: (at, before) => (before === undefined ? at : before) }),
  },
  {
    name: 'the sweep takes what ends in that millisecond',
    laws: ['A10'],
    slots,
    modelledOn: 'DELETE … WHERE expires_at <= $1',
    of: withRows({ sweep: (before) => before + 1 }),
  },
  {
    name: 'the sweep takes what never ends',
    laws: ['A10'],
    slots,
    modelledOn: 'no end stored as 0',
    of: withRows({ sweptAt: (at) => at ?? 0 }),
  },
  {
    name: 'the sweep takes nothing',
    laws: ['A10'],
    slots,
    modelledOn: 'instants in seconds, compared with milliseconds',
    of: withRows({ sweep: (before) => Math.floor(before / 1_000) - 1 }),
  },
];

const withoutNulls = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const kept = Object.entries(value).filter(([, inner]) => inner !== null);
  // The bug is in the value, not in its type.
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutNulls(inner)])) as T;
};
