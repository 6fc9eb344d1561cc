import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isMain } from './report.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome'];
/** Without any font text has no width, and a link that is only text cannot be clicked. */
const packages = ['chromium', 'fonts-dejavu-core'];
const install = ['install', '-y', '-qq', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', ...packages];

type Environment = Readonly<Record<string, string | undefined>>;

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The browser that the tests drive: what `CHROMIUM` names and nothing else, or the first one on `PATH`. `null` = none. */
export const findChromium = (environment: Environment = process.env): string | null => {
  const { CHROMIUM: named, PATH: path = '' } = environment;
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  const candidates = named ? [named] : names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return candidates.find(isExecutable) ?? null;
};

/** Why browser tests are skipped on this machine; `null` when they can run. */
export const whyNoBrowser = (environment: Environment = process.env): string | null => {
  if (findChromium(environment) !== null) return null;
  const { CHROMIUM: named } = environment;
  const missing = named ? `CHROMIUM names ${named}, which cannot be started` : `no ${names.join(', ')} on PATH`;
  return `${missing}; set CHROMIUM, or install it: apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')}`;
};

const canInstall = ({ CHROMIUM: named }: Environment): boolean =>
  process.getuid?.() === 0 && !named && spawnSync('apt-get', ['--version']).status === 0;

const aptGet = (args: readonly string[]): void => {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status } = spawnSync('apt-get', args, { env: environment, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) console.error(`apt-get ${args.join(' ')} ended with ${status}`);
};

/** Installs a browser where it may; says what is missing where it may not, which only CI takes for a failure. */
const prepare = (): void => {
  if (findChromium() === null && canInstall(process.env)) {
    console.log(`installing ${packages.join(' ')}`);
    aptGet(['update', '-qq']);
    aptGet(install);
  }
  const { CI: ci } = process.env;
  const reason = whyNoBrowser();
  if (reason === null) console.log(`ok  browser tests drive ${findChromium()}`);
  else if (ci === 'true') {
    console.error(`FAILED  browser tests cannot run: ${reason}`);
    process.exitCode = 1;
  } else console.log(`skipped  browser tests: ${reason}`);
};

if (isMain(import.meta)) prepare();
