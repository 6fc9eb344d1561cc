import { type Child, launch, type Program, pauseFor, removeFolder, type Server, signalFamily } from './child.ts';

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

/** Starts a program and resolves once it answers; a program that ends instead says why. */
export const serve = async (service: Service): Promise<Server> => {
  const { name, folder, port, url, program } = service;
  let child: Child;
  const start = async (): Promise<void> => {
    child = launch(program);
    const end = Date.now() + patienceMs;
    while (!(await service.isReady().catch(() => false))) {
      if (!child.isAlive() || Date.now() > end) {
        const state = child.isAlive() ? 'does not answer' : 'ended at once';
        await child.end('SIGKILL');
        throw new Error(`${name} on port ${port} ${state}:\n${child.complaint()}`);
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
