import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { provide } from '../../tools/apt.ts';
import { onPath } from '../../tools/services/binaries.ts';

const start = promisify(execFile);
export const findWrk = (): string | null => onPath(['wrk'], process.env);

/** Installs the load generator where it may, as tests do with what they start. Throws where it is not to be had. */
export const provideWrk = (): void => {
  const whyNot = (): string | null =>
    findWrk() === null ? 'no wrk on PATH; install it: apt-get update && apt-get install -y wrk' : null;
  provide({ what: 'the bench', packages: ['wrk'], whyNot, found: () => `asks by ${findWrk()}` });
  const reason = whyNot();
  if (reason !== null) throw new Error(reason);
};

export interface Load {
  readonly perSecond: number;
  readonly total: number;
}

/**
 * So many connections, each asking again once it is answered, for so many whole seconds. Rejects unless every answer was 2xx or
 * 3xx. It costs half of what a generator in JavaScript does, which beside a Redis on the same processor was what limited
 * some of those that are measured.
 */
export const wrk = async (
  url: string,
  headers: Readonly<Record<string, string>>,
  connections: number,
  seconds: number,
): Promise<Load> => {
  const sent = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const { stdout } = await start('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, ...sent, url]);
  return loadIn(stdout);
};

/** What wrk printed, as figures. Throws where an answer was refused or a connection failed. */
export const loadIn = (printed: string): Load => {
  const found = /^ *(\d+) requests in ([\d.]+)s/m.exec(printed);
  const failed = /(?:Socket errors|Non-2xx or 3xx responses): .*/.exec(printed);
  if (found === null || failed !== null) throw new Error(`wrk: ${failed?.[0] ?? printed}`);
  const total = Number(found[1]);
  return { perSecond: total / Number(found[2]), total };
};
