import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export type Question = { readonly kind: 'vitals' } | { readonly kind: 'check'; readonly forMs: number };

export interface Ready {
  readonly kind: 'ready';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** `null` = a GET. */
  readonly body: string | null;
}

export interface Vitals {
  readonly kind: 'vitals';
  /** CPU time of the process so far, all threads. */
  readonly cpuUs: number;
  /** How late the event loop was since the last question, 99th percentile. */
  readonly loopDelayP99Ms: number;
}

export interface Checked {
  readonly kind: 'checked';
  readonly wallUs: number | null;
  readonly cpuUs: number | null;
}

export type Answer = Ready | Vitals | Checked;

export interface ServerProcess extends Ready {
  vitals(): Promise<Vitals>;
  check(forMs: number): Promise<Checked>;
  stop(): Promise<void>;
}

export interface Place {
  readonly postgresUrl: string;
  readonly redisUrl: string;
  /** The processor that it may have; `null` = whichever. */
  readonly pinnedTo: number | null;
}

/** A fresh process a sample: nothing that an earlier one warmed, leaked or compiled. */
export const serverProcess = async (
  name: string,
  { postgresUrl, redisUrl, pinnedTo }: Place,
): Promise<ServerProcess> => {
  const env = { ...process.env, NODE_ENV: 'production' };
  const pinned = { execPath: 'taskset', execArgv: ['-c', `${pinnedTo}`, process.execPath], env };
  const file = fileURLToPath(new URL('./server.mjs', import.meta.url));
  const child = fork(file, [name, postgresUrl, redisUrl], pinnedTo === null ? { env } : pinned);
  const ask = async <A extends Answer>(question: Question | null): Promise<A> => {
    const answer = next<A>(child);
    if (question !== null) child.send(question);
    return answer;
  };
  return {
    ...(await ask<Ready>(null)),
    vitals: () => ask({ kind: 'vitals' }),
    check: (forMs) => ask({ kind: 'check', forMs }),
    stop: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    },
  };
};

const next = <A extends Answer>(child: ChildProcess): Promise<A> =>
  new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`the server ended with ${code}`));
    child.once('exit', onExit);
    child.once('message', (value) => {
      child.removeListener('exit', onExit);
      resolve(value as A);
    });
  });
