/** A way to lay the records out, as a change of the tables of `migrate` while they are empty. */
export interface Layout {
  readonly name: string;
  readonly ddl: readonly string[];
  /** Whether anything finds the records of a user but a look at all of them. */
  readonly finds: 'by user' | 'by id alone';
}

const columns = `kind text collate "C" not null, id text collate "C" not null, user_id text collate "C", version bigint not null,
expires_at double precision, expires_hour double precision generated always as (floor(expires_at / 3600000)) stored,
body text not null`;
const secondary = [
  'create index auth_records_user on auth_records (user_id, kind) where user_id is not null',
  'create index auth_records_hour on auth_records (expires_hour) where expires_hour is not null',
];

const kinds = ['session', 'credential', 'one_time', 'refresh'];
const partitions = 16;

export const layouts: readonly Layout[] = [
  { name: 'today', finds: 'by user', ddl: [] },
  {
    name: 'partitions by kind',
    finds: 'by user',
    ddl: [
      'drop table auth_records',
      `create table auth_records (${columns}, primary key (id, kind)) partition by list (kind)`,
      ...kinds.map((kind) => `create table auth_records_${kind} partition of auth_records for values in ('${kind}')`),
      'create table auth_records_rest partition of auth_records default',
      ...secondary,
    ],
  },
  {
    name: `${partitions} partitions by hash of id`,
    finds: 'by user',
    ddl: [
      'drop table auth_records',
      `create table auth_records (${columns}, primary key (id, kind)) partition by hash (id)`,
      ...Array.from(
        { length: partitions },
        (_, n) =>
          `create table auth_records_${n} partition of auth_records for values with (modulus ${partitions}, remainder ${n})`,
      ),
      ...secondary,
    ],
  },
  {
    name: 'primary key (kind, id)',
    finds: 'by user',
    ddl: [
      'alter table auth_records drop constraint auth_records_pkey',
      'alter table auth_records add primary key (kind, id)',
    ],
  },
  {
    name: 'hash index on user_id',
    finds: 'by user',
    ddl: [
      'drop index auth_records_user',
      'create index auth_records_user on auth_records using hash (user_id) where user_id is not null',
    ],
  },
  {
    name: 'no index but the key',
    finds: 'by id alone',
    ddl: ['drop index auth_records_user', 'drop index auth_records_hour'],
  },
];
