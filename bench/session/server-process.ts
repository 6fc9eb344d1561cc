import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Vitals {
  /** Highest resident memory so far, in MiB. */
  readonly peakMiB: number;
  /** How late the event loop was since the last question, 99th percentile. */
  readonly loopDelayP99Ms: number;
}

export interface BenchServer {
  readonly url: string;
  readonly cookie: string;
  vitals(): Promise<Vitals>;
  stop(): Promise<void>;
}

const message = <T>(child: ChildProcess): Promise<T> =>
  new Promise((resolve, reject) => {
    child.once('message', (value) => resolve(value as T));
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });

/** A fresh process a sample: nothing that an earlier one warmed, leaked or compiled. */
export const startServer = async (kind: 'bare' | 'sallyport'): Promise<BenchServer> => {
  const child = fork(fileURLToPath(new URL('./express-server.mjs', import.meta.url)), [kind]);
  const { port, cookie } = await message<{ port: number; cookie: string }>(child);
  return {
    url: `http://127.0.0.1:${port}`,
    cookie,
    vitals: () => {
      const answer = message<Vitals>(child);
      child.send('vitals');
      return answer;
    },
    stop: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    },
  };
};
