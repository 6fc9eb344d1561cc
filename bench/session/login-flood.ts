import { type Figure, figure } from '../measure.ts';
import { type BenchServer, startServer } from './server-process.ts';

const inFlight = 200;
const credentials = JSON.stringify({ email: 'bench@example.com', password: 'correct horse battery staple' });

/** 200 logins at once: how many are served and shed, how a session check fares meanwhile, and the memory at its peak. */
export const loginFlood = async (rounds: number): Promise<Readonly<Record<string, Figure>>> => {
  const samples = new Map<string, number[]>();
  const keep = (name: string, value: number) => samples.set(name, [...(samples.get(name) ?? []), value]);
  for (let round = 0; round < rounds; round += 1) {
    const server = await startServer('sallyport');
    try {
      await login(server);
      const before = await server.vitals();
      const start = performance.now();
      let done = false;
      const answers = Promise.all(Array.from({ length: inFlight }, () => login(server))).finally(() => {
        done = true;
      });
      const pings: number[] = [];
      while (!done) pings.push(await ping(server));
      const statuses = await answers;
      const served = statuses.filter((status) => status === 200).length;
      keep('logins served', served);
      keep('logins shed with 503', statuses.filter((status) => status === 503).length);
      keep('logins a second while it lasts', (served / (performance.now() - start)) * 1_000);
      keep('session check p50 meanwhile, ms', percentile(pings, 0.5));
      keep('session check p99 meanwhile, ms', percentile(pings, 0.99));
      const after = await server.vitals();
      keep('event-loop delay p99 meanwhile, ms', after.loopDelayP99Ms);
      keep('peak memory before, MiB', before.peakMiB);
      keep('peak memory after, MiB', after.peakMiB);
    } finally {
      await server.stop();
    }
  }
  return Object.fromEntries([...samples].map(([name, list]) => [name, figure(list)]));
};

const login = async ({ url }: BenchServer): Promise<number> => {
  const headers = { 'content-type': 'application/json', origin: 'https://app.example.com' };
  const response = await fetch(`${url}/auth/login`, { method: 'POST', headers, body: credentials });
  await response.arrayBuffer();
  return response.status;
};

const ping = async ({ url, cookie }: BenchServer): Promise<number> => {
  const start = performance.now();
  const response = await fetch(`${url}/api/profile`, { headers: { cookie } });
  await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`a session check answered ${response.status} during the flood`);
  return performance.now() - start;
};

const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;
