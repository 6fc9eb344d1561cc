-- Instants are milliseconds since 1970; what sweep finds is their hour.
create table if not exists auth_migrations (
  version int primary key,
  applied_at timestamptz not null default now()
);

create table if not exists auth_records (
  kind text collate "C" not null,
  id text collate "C" not null,
  user_id text collate "C",
  version bigint not null,
  expires_at float8,
  expires_hour float8 generated always as (floor(expires_at / 3600000)) stored,
  body text not null,
  primary key (id, kind)
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
  tat float8 not null,
  tat_hour float8 generated always as (floor(tat / 3600000)) stored
);
create index if not exists auth_rates_hour on auth_rates (tat_hour);

insert into auth_migrations (version) values (1) on conflict do nothing;
