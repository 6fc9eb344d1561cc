import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { runCli } from '../src/main.ts';

export interface Ran {
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
}

type Env = Readonly<Record<string, string>>;

/** The command within this process: quick. */
export const run = async (
  args: readonly string[],
  env: Env = {},
  elapsed: () => number = () => performance.now(),
): Promise<Ran> => {
  let out = '';
  let err = '';
  const exit = await runCli(args, {
    env,
    elapsed,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  return { exit, out, err };
};

export const root: string = fileURLToPath(new URL('../../..', import.meta.url));
const node = ['--import', 'tsx', '--conditions=@sallyport/source'];

/** The command as a user starts it, on the sources. */
export const start = (args: readonly string[], env: Env = {}): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const { PATH = '' } = process.env;
    const child = spawn(process.execPath, [...node, 'packages/cli/src/bin.ts', ...args], {
      cwd: root,
      env: { PATH, ...env },
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    child.on('error', reject);
    child.on('close', (exit) => resolve({ exit, out, err }));
  });

/** The lines that the doctor calls a problem. */
export const problemsOf = ({ out }: Ran): readonly string[] => {
  const { lines } = JSON.parse(out) as { readonly lines: readonly { readonly id: string; readonly verdict: string }[] };
  return lines.filter(({ verdict }) => verdict === 'problem').map(({ id }) => id);
};

export const verdictsOf = ({ out }: Ran): Readonly<Record<string, string>> => {
  const { lines } = JSON.parse(out) as { readonly lines: readonly { readonly id: string; readonly verdict: string }[] };
  return Object.fromEntries(lines.map(({ id, verdict }) => [id, verdict]));
};
