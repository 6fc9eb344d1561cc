import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { EdgeVM } from '@edge-runtime/vm';
import { type BuildOptions, build } from 'esbuild';
import { Miniflare } from 'miniflare';
import type { Told } from './told/step.ts';

const bundle = async (name: string, options: BuildOptions): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`told/${name}.ts`, import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    logLevel: 'silent',
    ...options,
  });
  return outputFiles?.[0]?.text ?? '';
};

/** Express is CommonJS and asks for modules of Node when it runs. */
const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** One file, for whatever has the modules of Node; gone when `use` is done. */
export const withFile = async <T>(use: (path: string) => Promise<T>): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), 'runtimes-'));
  try {
    const path = join(folder, 'story.mjs');
    const conditions = ['@sallyport/source', 'node'];
    writeFileSync(path, await bundle('on-sockets', { platform: 'node', conditions, banner: { js: banner } }));
    return await use(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const patienceMs = 60_000;

/** What a program tells of the story. */
export const tell = async (
  [program, ...args]: readonly [string, ...string[]],
  path: string,
): Promise<readonly Told[]> => {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, DENO_NO_UPDATE_CHECK: '1', DO_NOT_TRACK: '1' };
  const { stdout } = await promisify(execFile)(program, [...args, path], { env, timeout: patienceMs });
  const [, told] = /^TOLD (.+)$/m.exec(stdout) ?? [];
  if (told === undefined) throw new Error(`it told nothing:\n${stdout}`);
  return JSON.parse(told);
};

/** The same in workerd, without any module of Node. */
export const tellInWorker = async (): Promise<readonly Told[]> => {
  const script = await bundle('in-worker', { conditions: ['@sallyport/source', 'workerd'] });
  const worker = new Miniflare({ modules: true, script, compatibilityDate: '2026-07-01', cf: false });
  try {
    return (await (await worker.dispatchFetch('http://worker/')).json()) as readonly Told[];
  } finally {
    await worker.dispose();
  }
};

/**
 * Every look-up of a global goes through the context of a VM, and a hash looks up `Math` some hundred million times: seven seconds
 * a hash. As a constant of the script it is looked up once.
 */
const nearMath = 'const { Math } = globalThis;';

/** Vercel's edge runtime: classes of another realm, no module of Node, no code from strings. */
export const edgeVm = async (): Promise<EdgeVM> => {
  const conditions = ['@sallyport/source', 'edge-light'];
  const initialCode = await bundle('in-edge-vm', { format: 'iife', conditions, banner: { js: nearMath } });
  return new EdgeVM({ codeGeneration: { strings: false, wasm: false }, initialCode });
};

export const tellInEdgeVm = async (): Promise<readonly Told[]> => {
  const answer = await (await edgeVm()).dispatchFetch('https://app.example.com/');
  if (!answer.ok) throw new Error(`it told nothing: ${answer.status}`);
  return (await answer.json()) as readonly Told[];
};
