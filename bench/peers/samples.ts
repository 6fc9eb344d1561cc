import autocannon from 'autocannon';
import { type Place, type ServerProcess, serverProcess } from './server-process.ts';

/** What one fresh process gave. */
export interface CheckSample {
  readonly perSecond: number;
  /** CPU time of the server a request, microseconds. */
  readonly cpuUs: number;
  /** The check without HTTP, one after another; `null` where there is none. */
  readonly inProcessUs: number | null;
  readonly inProcessCpuUs: number | null;
}

export interface LoginSample {
  readonly perSecond: number;
  readonly cpuMs: number;
  readonly loopDelayP99Ms: number;
}

export interface Effort {
  readonly warmSeconds: number;
  readonly seconds: number;
  readonly inProcessMs: number;
}

export const checkConnections = 32;
export const loginsAtOnce = 20;

const withServer = async <T>(
  name: string,
  place: Place,
  measure: (server: ServerProcess) => Promise<T>,
): Promise<T> => {
  const server = await serverProcess(name, place);
  try {
    return await measure(server);
  } finally {
    await server.stop();
  }
};

export const checkSample = (name: string, place: Place, effort: Effort): Promise<CheckSample> =>
  withServer(name, place, async (server) => {
    await load(server, checkConnections, effort.warmSeconds);
    const first = await measured(server, effort.seconds);
    // On a machine that was taken away meanwhile nothing may be answered, and that is no figure of anybody's.
    const { perSecond, total, cpuUs: cpu } = first.total > 0 ? first : await measured(server, effort.seconds);
    if (total === 0) throw new Error(`${name}: nothing was answered, the machine is too busy to measure`);
    const { wallUs, cpuUs } = await server.check(effort.inProcessMs);
    return { perSecond, cpuUs: cpu / total, inProcessUs: wallUs, inProcessCpuUs: cpuUs };
  });

/** 20 at once, until the last is answered. */
export const loginSample = (name: string, place: Place): Promise<LoginSample> =>
  withServer(name, { ...place, pinnedTo: null }, async (server) => {
    await login(server);
    const before = await server.vitals();
    const start = performance.now();
    await Promise.all(Array.from({ length: loginsAtOnce }, () => login(server)));
    const tookMs = performance.now() - start;
    const after = await server.vitals();
    return {
      perSecond: (loginsAtOnce / tookMs) * 1_000,
      cpuMs: (after.cpuUs - before.cpuUs) / loginsAtOnce / 1_000,
      loopDelayP99Ms: after.loopDelayP99Ms,
    };
  });

const login = async ({ url, headers, body }: ServerProcess): Promise<void> => {
  const response = await fetch(url, { method: 'POST', headers, body });
  await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`${url}: a login was answered ${response.status}`);
};

const measured = async (server: ServerProcess, seconds: number): Promise<Load & { readonly cpuUs: number }> => {
  const before = await server.vitals();
  const answered = await load(server, checkConnections, seconds);
  return { ...answered, cpuUs: (await server.vitals()).cpuUs - before.cpuUs };
};

interface Load {
  readonly perSecond: number;
  readonly total: number;
}

const load = async ({ url, headers }: ServerProcess, connections: number, duration: number): Promise<Load> => {
  const answers = await autocannon({
    url,
    connections,
    duration,
    headers: { ...headers },
    // It looks at its clock so often, and counts up to there.
    sampleInt: 100,
  });
  const { requests, non2xx, errors, duration: took } = answers;
  if (non2xx > 0 || errors > 0) throw new Error(`${url}: ${non2xx} answers were not 2xx, ${errors} errors`);
  return { perSecond: requests.total / took, total: requests.total };
};
