import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';

export interface Ended {
  readonly code: number;
  readonly output: string;
}

/** Node with what runs TypeScript on the sources of the workspace. */
export const runNode = async (
  cwd: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<Ended> => {
  const options = ['--import', import.meta.resolve('tsx'), '--conditions=@sallyport/source'];
  const child = spawn(process.execPath, [...options, ...args], {
    cwd,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return { code, output };
};

/** Memory, where there is some that looks like a disk: whether a step is green does not depend on the disk. */
export const quickFolder: string | null = existsSync('/dev/shm') ? '/dev/shm' : null;

export interface Verdict {
  readonly name: string;
  readonly outcome: 'green' | 'red' | 'skipped';
}

/** The outcome of every case of a test file for `node:test`. */
export const runCases = async (
  cwd: string,
  file: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<readonly Verdict[]> => {
  const { output } = await runNode(cwd, ['--test', '--test-reporter=tap', file], environment);
  return output.split('\n').flatMap((line): readonly Verdict[] => {
    const [, not, name = '', mark] = /^ *(not )?ok \d+ - (.*?)( # SKIP.*)?$/.exec(line) ?? [];
    if (name === '') return [];
    return [{ name, outcome: mark !== undefined ? 'skipped' : not === undefined ? 'green' : 'red' }];
  });
};
