import { fileURLToPath } from 'node:url';
import type { AuthMessage } from '@sallyport/core';
import { migrate } from '@sallyport/d1';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';

export interface WorkerOptions {
  /** 0 = any that is free. */
  readonly port: number;
  readonly secrets: string;
  readonly onMail: (message: AuthMessage) => void;
  /** Where the database is kept; `null` = in memory. */
  readonly folder?: string | null;
}

export interface RunningWorker {
  readonly origin: string;
  close(): Promise<void>;
}

/** One file, as a deployment has it. */
export const bundled = async (): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('worker.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    conditions: ['@sallyport/source', 'workerd'],
  });
  return outputFiles[0]?.text ?? '';
};

/** The worker in workerd, with a D1 database whose tables are made. */
export const runWorker = async ({ port, secrets, onMail, folder = null }: WorkerOptions): Promise<RunningWorker> => {
  const chosen = port === 0 ? await freePort() : port;
  const origin = `http://localhost:${chosen}`;
  const runtime = new Miniflare({
    modules: true,
    script: await bundled(),
    compatibilityDate: '2026-07-01',
    cf: false,
    host: '127.0.0.1',
    port: chosen,
    bindings: { ORIGIN: origin, AUTH_SECRETS: secrets },
    d1Databases: { DB: 'auth' },
    d1Persist: folder ?? false,
    serviceBindings: {
      MAIL: async (request: { json(): Promise<unknown> }) => {
        onMail((await request.json()) as AuthMessage);
        return new Response();
      },
    },
  });
  await runtime.ready;
  await migrate(await runtime.getD1Database('DB'));
  return { origin, close: () => runtime.dispose() };
};

/** The origin names the port before the worker listens. */
const freePort = async (): Promise<number> => {
  const { createServer } = await import('node:net');
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
};
