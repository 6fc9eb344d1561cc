import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { startPostgres } from '../../tools/services/postgres.ts';
import { startRedis } from '../../tools/services/redis.ts';
import { type Figure, figure } from '../measure.ts';

const kinds = ['bare get', 'redis, lag 5 s', 'bare get and account', 'redis, lag 0', 'bare join', 'postgres'] as const;
type Kind = (typeof kinds)[number];

/** Ours, and what it is measured by. */
const pairs: readonly (readonly [ours: Kind, bare: Kind])[] = [
  ['redis, lag 5 s', 'bare get'],
  ['redis, lag 0', 'bare get and account'],
  ['redis, lag 0', 'bare get'],
  ['postgres', 'bare join'],
];

export interface ExpressOnStores {
  readonly perSecond: Readonly<Record<string, Figure>>;
  /** CPU of the server alone, in microseconds a request. */
  readonly cpu: Readonly<Record<string, Figure>>;
  /** Of the requests a second of one round. */
  readonly ratios: Readonly<Record<string, Figure>>;
}

interface Sample {
  readonly perSecond: number;
  readonly cpu: number;
}

/** `GET /api/profile` over 32 connections, each server a fresh process on the same two databases. */
export const expressOnStores = async (rounds: number, seconds: number): Promise<ExpressOnStores> => {
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  try {
    const samples: Record<Kind, Sample>[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const order = round % 2 === 0 ? kinds : [...kinds].reverse();
      const taken: [Kind, Sample][] = [];
      for (const kind of order) taken.push([kind, await sampleOf([kind, postgres.url, redis.url], seconds)]);
      samples.push(Object.fromEntries(taken) as Record<Kind, Sample>);
    }
    const of = (name: keyof Sample): Readonly<Record<string, Figure>> =>
      Object.fromEntries(kinds.map((kind) => [kind, figure(samples.map((round) => round[kind][name]))]));
    const ratios = pairs.map(([ours, bare]): [string, Figure] => [
      `${ours} / ${bare}`,
      figure(samples.map((round) => round[ours].perSecond / round[bare].perSecond)),
    ]);
    return { perSecond: of('perSecond'), cpu: of('cpu'), ratios: Object.fromEntries(ratios) };
  } finally {
    await Promise.all([postgres.stop(), redis.stop()]);
  }
};

const sampleOf = async (args: readonly string[], seconds: number): Promise<Sample> => {
  const child = fork(fileURLToPath(new URL('../storage/server.mjs', import.meta.url)), args);
  try {
    const { port, cookie } = await message<{ port: number; cookie: string }>(child);
    const load = (duration: number) =>
      autocannon({ url: `http://127.0.0.1:${port}/api/profile`, connections: 32, duration, headers: { cookie } });
    await load(1);
    const before = await cpuOf(child);
    const { requests, non2xx, errors } = await load(seconds);
    if (non2xx > 0 || errors > 0) throw new Error(`${args[0]}: ${non2xx} answers were not 200`);
    return { perSecond: requests.average, cpu: ((await cpuOf(child)) - before) / requests.total };
  } finally {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }
};

const cpuOf = (child: ChildProcess): Promise<number> => {
  const answer = message<number>(child);
  child.send('cpu');
  return answer;
};

const message = <T>(child: ChildProcess): Promise<T> =>
  new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`the server ended with ${code}`));
    child.once('exit', onExit);
    child.once('message', (value) => {
      child.removeListener('exit', onExit);
      resolve(value as T);
    });
  });
