import type { OwnedRecordStore, StoredRecord } from '@sallyport/core/ports';
import { bodyOf, type Database } from './database.ts';
import type { Param } from './run.ts';

/** Opens the kinds of one table. */
export const recordsOf = ({
  table,
  ask,
}: Database): (<R extends StoredRecord>(kind: string) => OwnedRecordStore<R>) => {
  const records = table('auth_records');
  const insert = `insert into ${records} (kind, id, user_id, version, expires_at, body)
values ($1, $2, $3, $4, $5, $6) on conflict (kind, id) do nothing returning 1`;
  const select = `select body from ${records} where kind = $1 and id = $2`;
  const update = `update ${records} set user_id = $3, version = $4, expires_at = $5, body = $6
where kind = $1 and id = $2 and version = $7 returning 1`;
  const remove = `delete from ${records} where kind = $1 and id = $2 returning 1`;
  const list = `select body from ${records} where user_id = $1 and kind = $2`;

  return <R extends StoredRecord>(kind: string): OwnedRecordStore<R> => {
    const done = async (verb: string, sql: string, params: readonly Param[]): Promise<boolean> =>
      (await ask(`${kind}.${verb}`, sql, params)).length === 1;
    const columns = (record: R): readonly Param[] => [
      kind,
      record.id,
      record.userId,
      record.version,
      record.expiresAt,
      JSON.stringify(record),
    ];
    return {
      create: (record) => done('create', insert, columns(record)),
      get: async (id) => bodyOf<R>(await ask(`${kind}.get`, select, [kind, id])),
      replace: (record, expectedVersion) => done('replace', update, [...columns(record), expectedVersion]),
      delete: (id) => done('delete', remove, [kind, id]),
      listByUser: async (userId) =>
        (await ask(`${kind}.listByUser`, list, [userId, kind])).map(({ body }) => JSON.parse(String(body)) as R),
    };
  };
};
