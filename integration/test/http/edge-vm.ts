import { fileURLToPath } from 'node:url';
import { EdgeVM } from '@edge-runtime/vm';
import { build } from 'esbuild';
import { origin } from './host.ts';
import type { Running } from './transports.ts';

/** Vercel's edge runtime has no sockets: its event is what a request comes by. */
export const honoInEdgeVm = async (): Promise<Running> => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('edge-function.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    conditions: ['@sallyport/source', 'edge-light'],
  });
  const vm = new EdgeVM({
    codeGeneration: { strings: false, wasm: false },
    initialCode: outputFiles[0]?.text ?? '',
  });
  return {
    send: async ({ method, target, headers, body }) => {
      const pairs = Object.entries(headers).flatMap(([name, value]) =>
        [value].flat().map((one): [string, string] => [name, one]),
      );
      const carries = method !== 'GET' && method !== 'HEAD' && body.length > 0;
      const init = { method, headers: pairs, ...(carries ? { body } : {}) };
      const answer = await vm.dispatchFetch(new URL(target, origin).href, init);
      return { status: answer.status, headers: [...answer.headers], body: await answer.text() };
    },
    close: async () => {},
  };
};
