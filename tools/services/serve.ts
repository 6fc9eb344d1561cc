import {
  type Child,
  freePort,
  launch,
  type Program,
  pauseFor,
  removeFolder,
  type Server,
  signalFamily,
} from './child.ts';

export interface Service {
  readonly name: string;
  readonly folder: string;
  readonly port: number;
  readonly url: string;
  readonly program: Program;
  readonly stopSignal: NodeJS.Signals;
  readonly killSignal: NodeJS.Signals;
  /** Whether it answers; what throws is a no. */
  isReady(): Promise<boolean>;
}

const patienceMs = 20_000;
const tries = 4;

/** The program did not stay: its port was taken in between, or it says why not. */
class EndedAtOnce extends Error {}

/** Between finding a port and listening on it another program may take it, or the one that Redis Cluster adds: then on the next. */
export const onFreePort = async (start: (port: number) => Promise<Server>, left: number = tries): Promise<Server> => {
  const port = await freePort();
  return start(port).catch((error: unknown) => {
    if (!(error instanceof EndedAtOnce) || left <= 1) throw error;
    return onFreePort(start, left - 1);
  });
};

/** Starts a program and resolves once it answers; a program that ends instead says why. */
export const serve = async (service: Service): Promise<Server> => {
  const { name, folder, port, url, program } = service;
  let child: Child;
  const start = async (): Promise<void> => {
    child = launch(program);
    const end = Date.now() + patienceMs;
    while (!(await service.isReady().catch(() => false))) {
      if (!child.isAlive() || Date.now() > end) {
        const isThere = child.isAlive();
        await child.end('SIGKILL');
        const words = `${name} on port ${port} ${isThere ? 'does not answer' : 'ended at once'}:\n${child.complaint()}`;
        throw isThere ? new Error(words) : new EndedAtOnce(words);
      }
      await pauseFor(15);
    }
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.isAlive()) signalFamily(child.pid, 'SIGCONT');
    await child.end(signal);
  };
  await start();
  return {
    port,
    url,
    stop: async () => {
      await end(service.stopSignal);
      removeFolder(folder);
    },
    kill: () => end(service.killSignal),
    restart: start,
    pause: () => signalFamily(child.pid, 'SIGSTOP'),
    resume: () => signalFamily(child.pid, 'SIGCONT'),
  };
};
