import type { Millis, OwnedRecordStore, RecordSpace, StoredRecord } from '@sallyport/core/ports';
import { withSpaces } from './wrap.ts';

/** How a record lies in a database that has columns of its own for owner and end. */
export interface Row<R extends StoredRecord> extends StoredRecord {
  readonly body: R;
  /** When this store takes the record for ended, whatever the backend does. */
  readonly hideAt: Millis | null;
}

/** What a wrong adapter does to rows; what it leaves out it does right. */
export interface RowBugs {
  /** The owner's column of a record; `before` is what it held. */
  readonly owner?: (userId: string | null, before: string | null | undefined) => string | null;
  /** The end of a record, from the one asked for and, at a replace, the one that was. */
  readonly end?: (expiresAt: Millis | null, before: Millis | null | undefined) => Millis | null;
  /** The value as it comes back. */
  readonly value?: (value: unknown) => unknown;
  /** The instant that the backend is told, for its sweep; at a replace, beside the one that it was told before. */
  readonly sweptAt?: (expiresAt: Millis | null, before: Millis | null | undefined) => Millis | null;
  readonly sweep?: (before: Millis) => Millis;
}

export const withRows = (
  bugs: RowBugs,
): ((stores: Parameters<ReturnType<typeof withSpaces>>[0]) => ReturnType<ReturnType<typeof withSpaces>>) =>
  withSpaces((space): RecordSpace => {
    const { sweep } = space;
    return {
      open: (kind) => storeOf(space, kind, bugs),
      ...(sweep === undefined ? {} : { sweep: (before: Millis) => sweep(bugs.sweep?.(before) ?? before) }),
    };
  });

const storeOf = <R extends StoredRecord>(
  space: RecordSpace,
  kind: string,
  { owner, end, value, sweptAt }: RowBugs,
): OwnedRecordStore<R> => {
  const rows = space.open<Row<R>>(kind);
  const seal = (record: R, before: Row<R> | null): Row<R> => ({
    id: record.id,
    version: record.version,
    userId: owner === undefined ? record.userId : owner(record.userId, before?.userId),
    expiresAt: sweptAt === undefined ? record.expiresAt : sweptAt(record.expiresAt, before?.expiresAt),
    hideAt: end === undefined ? null : end(record.expiresAt, before?.hideAt),
    body: record,
  });
  // The bug is in the value, not in its type.
  const unseal = ({ body }: Row<R>): R => (value === undefined ? body : (deeply(body, value) as R));
  const isShown = ({ hideAt }: Row<R>): boolean => hideAt === null || Date.now() < hideAt;
  return {
    create: (record) => rows.create(seal(record, null)),
    get: async (id) => {
      const row = await rows.get(id);
      return row !== null && isShown(row) ? unseal(row) : null;
    },
    replace: async (record, version) => rows.replace(seal(record, await rows.get(record.id)), version),
    delete: (id) => rows.delete(id),
    listByUser: async (userId) => {
      const found = await rows.listByUser(owner?.(userId, undefined) ?? userId);
      return found.filter(isShown).map(unseal);
    },
  };
};

/** A change to every text, number and the like inside a value. */
export const deeply = (value: unknown, change: (leaf: unknown) => unknown): unknown => {
  if (Array.isArray(value)) return value.map((inner) => deeply(inner, change));
  if (typeof value !== 'object' || value === null) return change(value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, deeply(inner, change)]));
};
