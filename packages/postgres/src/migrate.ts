import { storeCall } from '@sallyport/core/ports';
import { type Migration, migrations } from './migrations.ts';
import { type PostgresOptions, settingsOf } from './options.ts';
import type { Run } from './run.ts';

/** A deployment may wait for another one's. */
const defaultTimeoutMs = 60_000;

/**
 * Brings the tables up to date; a schema that is named and missing is made. Any number of processes may call it at once, and
 * calling it again costs one statement that reads. Rejects with `StoreUnavailableError`, and then has done nothing.
 */
export const migrate = async (run: Run, options: PostgresOptions = {}): Promise<void> => {
  const { schema, timeoutMs } = settingsOf(options, defaultTimeoutMs);
  await storeCall('migrate', timeoutMs, () => run(script(schema), []));
};

/** Of nobody else: the first eight bytes of "sallyport". */
const lock = 0x73616c6c79706f72n;

/**
 * One statement, so one transaction wherever it runs, through a pool of one and a pooler in transaction mode too. Its lock
 * and its path end with it. Nothing is created that is there, so that a role without the right to create may call it.
 */
const script = (schema: string | null): string => `do $migrate$
declare
  path text := current_setting('search_path');
  current int := 0;
begin
  perform pg_advisory_xact_lock(${lock});
${schema === null ? '' : into(schema)}  if to_regclass('auth_migrations') is not null then
    select coalesce(max(version), 0) into current from auth_migrations;
  end if;
${migrations.map(step).join('')}  perform set_config('search_path', path, true);
end
$migrate$`;

const into = (schema: string): string => `  if to_regnamespace('${schema}') is null then
    create schema ${schema};
  end if;
  perform set_config('search_path', '${schema}', true);
`;

const step = ({ version, sql }: Migration): string => `  if current < ${version} then
    execute $sql$${sql}$sql$;
  end if;
`;
