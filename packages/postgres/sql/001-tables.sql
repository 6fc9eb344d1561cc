-- Sallyport 1: every table there will ever be. A new feature is a new kind of record.
create table if not exists auth_migrations (
  version integer primary key,
  applied_at timestamp with time zone not null default now()
);

-- Instants are milliseconds since 1970, in the arithmetic of JavaScript: to_timestamp(expires_at / 1000).
-- The body is text: jsonb refuses \u0000. The hour is what sweep finds: an index on the instant itself would make every
-- move of a session's deadline write to every index.
create table if not exists auth_records (
  kind text collate "C" not null,
  id text collate "C" not null,
  user_id text collate "C",
  version bigint not null,
  expires_at double precision,
  expires_hour double precision generated always as (floor(expires_at / 3600000)) stored,
  body text not null,
  primary key (kind, id)
);
create index if not exists auth_records_user on auth_records (user_id, kind) where user_id is not null;
create index if not exists auth_records_hour on auth_records (expires_hour) where expires_hour is not null;

create table if not exists auth_users (
  id text collate "C" primary key,
  version bigint not null,
  login_key text collate "C" not null unique,
  body text not null
);

create table if not exists auth_rates (
  key text collate "C" primary key,
  tat double precision not null,
  tat_hour double precision generated always as (floor(tat / 3600000)) stored
);
create index if not exists auth_rates_hour on auth_rates (tat_hour);

insert into auth_migrations (version) values (1) on conflict do nothing;
