import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { freePort, launch, until } from '../../../tools/services/child.ts';
import type { Report, Settings } from '../../src/settings.ts';

/** The application, in a process of its own. */
export interface App {
  readonly url: string;
  readonly pid: number;
  report(): Promise<Report>;
  /** Resolves when no background work is under way there. */
  drain(): Promise<void>;
  /** The very process that was started answers still, wrote nothing to its standard error, and met nothing but outages. */
  mustHaveLived(): Promise<void>;
  stop(): Promise<void>;
}

const root = fileURLToPath(new URL('../../../', import.meta.url));
const program = [
  ...['--import', import.meta.resolve('tsx'), '--conditions=@sallyport/source'],
  fileURLToPath(new URL('../../src/app.ts', import.meta.url)),
];

export const startApp = async (settings: Omit<Settings, 'port'>): Promise<App> => {
  const port = await freePort();
  const args = [...program, JSON.stringify({ ...settings, port } satisfies Settings)];
  const child = launch({ file: process.execPath, args, cwd: root, as: {} });
  const url = `http://127.0.0.1:${port}`;
  const report = async (): Promise<Report> => (await (await fetch(`${url}/report`)).json()) as Report;
  const isUp = async (): Promise<boolean> => !child.isAlive() || (await report()).pid === child.pid;
  await until('the application answers', isUp, 60_000).catch(async (error) => {
    await child.end('SIGKILL');
    throw error;
  });
  if (!child.isAlive()) throw new Error(`the application ended at once:\n${child.complaint()}`);
  return {
    url,
    pid: child.pid,
    report,
    drain: async () => {
      await fetch(`${url}/drain`, { method: 'POST' });
    },
    mustHaveLived: async () => {
      expect(child.isAlive(), `the process ended:\n${child.complaint()}`).toBe(true);
      const { pid, internal } = await report();
      expect({ pid, internal, complaint: child.complaint() }).toEqual({ pid: child.pid, internal: [], complaint: '' });
    },
    stop: () => child.end('SIGKILL'),
  };
};
