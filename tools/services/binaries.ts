import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

export const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The first of the names on `PATH`. */
export const onPath = (names: readonly string[], { PATH: path = '' }: Environment): string | null => {
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  const candidates = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return candidates.find(isExecutable) ?? null;
};

const debian = '/usr/lib/postgresql';

const byVersion = (a: string, b: string): number => Number(b) - Number(a);

/** The folder with `initdb` and `postgres`: what `POSTGRES_BIN` names and nothing else, or the newest that is installed. */
export const findPostgres = (environment: Environment = process.env, installed: string = debian): string | null => {
  const { POSTGRES_BIN: named, PATH: path = '' } = environment;
  const versions = existsSync(installed) ? readdirSync(installed).sort(byVersion) : [];
  const folders = [...versions.map((version) => join(installed, version, 'bin')), ...path.split(delimiter)];
  const isWhole = (folder: string): boolean =>
    folder !== '' && ['initdb', 'postgres'].every((name) => isExecutable(join(folder, name)));
  return (named ? [named] : folders).find(isWhole) ?? null;
};

/** What `<NAME>_SERVER` names and nothing else, or the one on `PATH`. */
const named =
  (variable: string, program: string) =>
  (environment: Environment = process.env): string | null => {
    const given = environment[variable];
    return given ? (isExecutable(given) ? given : null) : onPath([program], environment);
  };

export const findRedis: (environment?: Environment) => string | null = named('REDIS_SERVER', 'redis-server');
export const findValkey: (environment?: Environment) => string | null = named('VALKEY_SERVER', 'valkey-server');
/** Debian keeps it where the `PATH` of a plain user does not look. */
export const findPgBouncer = (environment: Environment = process.env): string | null =>
  named('PGBOUNCER', 'pgbouncer')(environment) ?? onPath(['pgbouncer'], { PATH: '/usr/sbin:/usr/local/sbin' });

export interface Needed {
  readonly name: string;
  readonly packages: readonly string[];
  find(environment?: Environment): string | null;
}

/** What the tests of stores start, and the Debian packages that hold it. */
export const needed: readonly Needed[] = [
  { name: 'PostgreSQL', packages: ['postgresql'], find: (environment) => findPostgres(environment) },
  { name: 'Redis', packages: ['redis-server'], find: findRedis },
  { name: 'PgBouncer', packages: ['pgbouncer'], find: findPgBouncer },
];

/** Why tests of stores are skipped on this machine; `null` when they can run. */
export const whyNoServices = (
  environment: Environment = process.env,
  all: readonly Needed[] = needed,
): string | null => {
  const missing = all.filter(({ find }) => find(environment) === null);
  if (missing.length === 0) return null;
  const names = missing.map(({ name }) => name).join(', ');
  const packages = missing.flatMap((one) => one.packages).join(' ');
  return `${names} not found; install: apt-get update && apt-get install -y --no-install-recommends ${packages}`;
};
