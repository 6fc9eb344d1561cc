import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { workspace } from './report.ts';

type Command = readonly [string, ...string[]];

/** pnpm tells its scripts where it is; `PATH` need not have it. Started by something else, the pinned version is fetched. */
const pnpmCommand = (): Command => {
  const { npm_execpath: started = '' } = process.env;
  if (/pnpm\.[cm]?js$/.test(started)) return [process.execPath, started];
  const { packageManager } = JSON.parse(readFileSync(join(workspace, 'package.json'), 'utf8')) as {
    readonly packageManager: string;
  };
  return ['npx', '-y', packageManager.replace(/\+.*/, '')];
};

/** With the tools of the workspace on `PATH`, and without colours in the log of a CI. */
const environment = (): NodeJS.ProcessEnv => {
  const { FORCE_COLOR: color, PATH: path = '', ...rest } = process.env;
  const { CI: ci } = rest;
  const PATH = `${join(workspace, 'node_modules/.bin')}${delimiter}${path}`;
  if (ci === 'true') return { ...rest, PATH, NO_COLOR: '1' };
  return color === undefined ? { ...rest, PATH } : { ...rest, PATH, FORCE_COLOR: color };
};

const run = ([program, ...args]: Command, cwd: string, stdio: 'inherit' | 'pipe'): SpawnSyncReturns<string> => {
  // Windows starts the .cmd files of tools through its shell alone.
  const shell = process.platform === 'win32' && program !== process.execPath;
  return spawnSync(program, args, { cwd, stdio, shell, env: environment(), encoding: 'utf8' });
};

/** The exit status; what it prints is seen as it comes. A process that was killed counts as failed. */
export const pnpm = (args: readonly string[]): number =>
  run([...pnpmCommand(), ...args], workspace, 'inherit').status ?? 1;

export interface Outcome {
  readonly ok: boolean;
  readonly output: string;
}

/** For chatter that is worth reading after a failure alone. */
export const toolQuietly = (command: Command, cwd: string): Outcome => {
  const { status, stdout, stderr, error } = run(command, cwd, 'pipe');
  return { ok: status === 0, output: `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}` };
};

export const pnpmQuietly = (args: readonly string[], cwd: string): Outcome =>
  toolQuietly([...pnpmCommand(), ...args], cwd);
