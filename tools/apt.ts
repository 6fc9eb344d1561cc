import { spawnSync } from 'node:child_process';

/** Something that tests start and npm does not carry. */
export interface Provision {
  /** What cannot run without it, e.g. `browser tests`. */
  readonly what: string;
  /** Debian packages that bring it; none = it is not ours to install. */
  readonly packages: readonly string[];
  /** Why it is not here; `null` = it is. */
  whyNot(): string | null;
  /** For the log: what was found. */
  found(): string;
}

const quietly = ['-y', '-qq', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300'];

const aptGet = (args: readonly string[]): void => {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status } = spawnSync('apt-get', args, { env: environment, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) console.error(`apt-get ${args.join(' ')} ended with ${status}`);
};

const canInstall = (packages: readonly string[]): boolean =>
  packages.length > 0 && process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0;

/** Installs what is missing where it may; says what is missing where it may not, which only CI takes for a failure. */
export const provide = ({ what, packages, whyNot, found }: Provision): void => {
  if (whyNot() !== null && canInstall(packages)) {
    console.log(`installing ${packages.join(' ')}`);
    aptGet(['update', '-qq']);
    aptGet(['install', ...quietly, ...packages]);
  }
  const { CI: ci } = process.env;
  const reason = whyNot();
  if (reason === null) console.log(`ok  ${what} ${found()}`);
  else if (ci === 'true') {
    console.error(`FAILED  ${what} cannot run: ${reason}`);
    process.exitCode = 1;
  } else console.log(`skipped  ${what}: ${reason}`);
};
