import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A server of a test's own: on a free loopback port, with its data in a temporary folder. */
export interface Server {
  readonly port: number;
  readonly url: string;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
  /** Ends it as a crash would; its data and its port stay its own. */
  kill(): Promise<void>;
  /** Starts what was killed, on the same port and data; resolves when it answers. */
  restart(): Promise<void>;
  /** Freezes it: connections stay open and nothing answers. */
  pause(): void;
  resume(): void;
}

export interface Identity {
  readonly uid?: number;
  readonly gid?: number;
}

/** Database servers refuse to run as root: there they run as the first of these users. */
export const unprivileged = (): Identity => {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const { status, stdout } = spawnSync('id', ['-u', name], { encoding: 'utf8' });
    if (status === 0) return { uid: Number(stdout), gid: Number(execFileSync('id', ['-g', name])) };
  }
  throw new Error('root needs a user postgres or nobody to run servers as');
};

export const temporaryFolder = (name: string, { uid, gid }: Identity): string => {
  const folder = mkdtempSync(join(tmpdir(), `sallyport-${name}-`));
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
  return folder;
};

export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true, maxRetries: 10 });

/** Redis Cluster adds 10,000 for its bus, so ports stay below 50,000. */
const highest = 50_000;

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => (port < highest ? resolve(port) : resolve(freePort())));
    });
  });

export const pauseFor = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks until the answer is yes; what throws is a no. */
export const until = async (
  what: string,
  isSo: () => boolean | Promise<boolean>,
  limitMs: number = 20_000,
): Promise<void> => {
  const end = Date.now() + limitMs;
  for (;;) {
    const yes = await Promise.resolve()
      .then(isSo)
      .catch(() => false);
    if (yes) return;
    if (Date.now() > end) throw new Error(`waited ${limitMs} ms in vain for: ${what}`);
    await pauseFor(20);
  }
};

export interface Program {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly as: Identity;
}

export interface Child {
  readonly pid: number;
  isAlive(): boolean;
  /** What it wrote to its standard error, for messages. */
  complaint(): string;
  /** Sends the signal and resolves when the process is gone. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/** Ends with this process, however this process ends by itself. */
export const launch = ({ file, args, cwd, as }: Program): Child => {
  const { PATH } = process.env;
  const child: ChildProcess = spawn(file, args, {
    ...as,
    cwd,
    env: { PATH, LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const pid = child.pid ?? 0;
  let said = '';
  let over = false;
  child.stderr?.on('data', (bytes: Buffer) => {
    said = `${said}${bytes}`.slice(-4_000);
  });
  const ended = new Promise<void>((resolve) => {
    const finish = (): void => {
      over = true;
      process.removeListener('exit', killNow);
      resolve();
    };
    child.once('exit', finish);
    child.once('error', (error) => {
      said += String(error);
      finish();
    });
  });
  const killNow = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', killNow);
  return {
    pid,
    isAlive: () => !over,
    complaint: () => said,
    end: async (signal) => {
      if (!over) child.kill(signal);
      await ended;
    },
  };
};

/** The process and its children: a database answers from children of its own. */
const family = (pid: number): readonly number[] => {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const pairs = rows.map((row) => row.trim().split(/\s+/).map(Number));
  return [pid, ...pairs.filter(([, parent]) => parent === pid).map(([own = 0]) => own)];
};

export const signalFamily = (pid: number, signal: 'SIGSTOP' | 'SIGCONT'): void => {
  for (const one of family(pid)) {
    try {
      process.kill(one, signal);
    } catch {
      // It ended between the listing and the signal.
    }
  }
};
