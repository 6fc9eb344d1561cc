import { type Place, type ServerProcess, serverProcess } from './server-process.ts';
import { type Load, wrk } from './wrk.ts';

/** What a process answered while it was its turn. */
export interface Turn {
  readonly perSecond: number;
  /** CPU time of the server a request, microseconds. */
  readonly cpuUs: number;
}

/** What one fresh process gave: its median turn, and the check without HTTP, one after another; `null` where there is none. */
export interface CheckSample extends Turn {
  readonly turns: readonly Turn[];
  readonly inProcessUs: number | null;
  readonly inProcessCpuUs: number | null;
}

export interface LoginSample {
  readonly perSecond: number;
  readonly cpuMs: number;
  readonly loopDelayP99Ms: number;
}

/** A process that waits for its turns. */
export interface Contestant {
  turn(): Promise<Turn>;
  inProcess(): Promise<Pick<CheckSample, 'inProcessUs' | 'inProcessCpuUs'>>;
  stop(): Promise<void>;
}

export interface Effort {
  readonly warmSeconds: number;
  readonly turns: number;
  readonly turnSeconds: number;
  readonly inProcessMs: number;
}

export const checkConnections = 32;
export const loginsAtOnce = 20;

/** A fresh process, warm. */
export const contestant = async (name: string, place: Place, effort: Effort): Promise<Contestant> => {
  const server = await serverProcess(name, place);
  const turn = async (tries = 2): Promise<Turn> => {
    const before = await server.vitals();
    const { perSecond, total } = await load(server, checkConnections, effort.turnSeconds);
    const { cpuUs } = await server.vitals();
    if (total > 0) return { perSecond, cpuUs: (cpuUs - before.cpuUs) / total };
    // On a machine that was taken away meanwhile nothing may be answered, and that is no figure of anybody's.
    if (tries > 1) return turn(tries - 1);
    throw new Error(`${name}: nothing was answered, the machine is too busy to measure`);
  };
  try {
    await load(server, checkConnections, effort.warmSeconds);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    turn: () => turn(),
    inProcess: async () => {
      const { wallUs, cpuUs } = await server.check(effort.inProcessMs);
      return { inProcessUs: wallUs, inProcessCpuUs: cpuUs };
    },
    stop: server.stop,
  };
};

/** 20 at once, until the last is answered. */
export const loginSample = async (name: string, place: Place): Promise<LoginSample> => {
  const server = await serverProcess(name, { ...place, pinnedTo: null });
  try {
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
  } finally {
    await server.stop();
  }
};

const login = async ({ url, headers, body }: ServerProcess): Promise<void> => {
  const response = await fetch(url, { method: 'POST', headers, body });
  await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`${url}: a login was answered ${response.status}`);
};

const load = ({ url, headers }: ServerProcess, connections: number, seconds: number): Promise<Load> =>
  wrk(url, headers, connections, seconds);
