import type { OwnedRecordStore, StoredRecord } from '@sallyport/core/ports';
import type { Database, Value } from './database.ts';

const insert = `insert into auth_records (kind, id, user_id, version, expires_at, body)
values (?1, ?2, ?3, ?4, ?5, ?6) on conflict (kind, id) do nothing returning 1 as done`;
const select = 'select body from auth_records where kind = ?1 and id = ?2';
const update = `update auth_records set user_id = ?3, version = ?4, expires_at = ?5, body = ?6
where kind = ?1 and id = ?2 and version = ?7 returning 1 as done`;
const remove = 'delete from auth_records where kind = ?1 and id = ?2 returning 1 as done';
const list = 'select body from auth_records where user_id = ?1 and kind = ?2';

/** One table for every kind, one statement a verb. */
export const recordsOf =
  ({ ask }: Database) =>
  <R extends StoredRecord>(kind: string): OwnedRecordStore<R> => {
    const isDone = async (verb: string, sql: string, ...values: Value[]): Promise<boolean> =>
      (await ask(`${kind}.${verb}`, sql, ...values)).length === 1;
    const columns = (record: R): readonly Value[] => [
      kind,
      record.id,
      record.userId,
      record.version,
      record.expiresAt,
      JSON.stringify(record),
    ];
    return {
      create: (record) => isDone('create', insert, ...columns(record)),
      get: async (id) => {
        const [row] = await ask(`${kind}.get`, select, kind, id);
        return row === undefined ? null : JSON.parse(String(row['body']));
      },
      replace: (record, expectedVersion) => isDone('replace', update, ...columns(record), expectedVersion),
      delete: (id) => isDone('delete', remove, kind, id),
      listByUser: async (userId) => {
        const rows = await ask(`${kind}.listByUser`, list, userId, kind);
        return rows.map(({ body }) => JSON.parse(String(body)));
      },
    };
  };
