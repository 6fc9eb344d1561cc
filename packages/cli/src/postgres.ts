import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fromPg, type Run } from '@sallyport/postgres';
import { type Io, ProblemError, UsageError } from './command.ts';

export interface Migration {
  readonly version: number;
  readonly file: string;
  readonly sql: string;
}

/** The numbered files that @sallyport/postgres ships, in order. */
export const migrationFiles = (): readonly Migration[] => {
  const folder = join(dirname(createRequire(import.meta.url).resolve('@sallyport/postgres/package.json')), 'sql');
  return readdirSync(folder)
    .filter((file) => /^\d{3}-[a-z-]+\.sql$/.test(file))
    .sort()
    .map((file) => ({ version: Number(file.slice(0, 3)), file, sql: readFileSync(join(folder, file), 'utf8') }));
};

export interface Database {
  readonly run: Run;
  close(): Promise<void>;
}

const patienceMs = 5_000;

/** One connection to what DATABASE_URL names. The URL comes from the environment alone: flags are seen by every process of the machine. */
export const openDatabase = async ({ env }: Io): Promise<Database> => {
  const url = env['DATABASE_URL'] ?? '';
  if (url === '') throw new UsageError('DATABASE_URL is not set: postgres://user:password@host/database');
  const { default: pg } = await import('pg').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') {
      throw new ProblemError('the driver is missing: npm install pg');
    }
    throw error;
  });
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: patienceMs, query_timeout: 60_000 });
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    throw new ProblemError(`DATABASE_URL names no database that answers: ${reasonOf(error)}`);
  }
  return { run: fromPg(client), close: () => client.end() };
};

/** The code of the system or of the server, and its words: neither holds the URL. */
const reasonOf = (error: unknown): string => {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ');
  return error instanceof Error ? error.message : String(error);
};

/** A prefix for the tables; `''` = the search_path decides. */
export const schemaPrefix = (schema: string | undefined): string => {
  if (schema === undefined) return '';
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(schema)) throw new UsageError('--schema takes a plain identifier');
  return `"${schema}".`;
};

/** The newest migration that the database has; 0 = none. */
export const versionIn = async (run: Run, prefix: string): Promise<number> => {
  const [found] = await run('select to_regclass($1)::text as name', [`${prefix}auth_migrations`]);
  if (found?.['name'] == null) return 0;
  const [row] = await run(`select coalesce(max(version), 0) as version from ${prefix}auth_migrations`, []);
  return Number(row?.['version']);
};
