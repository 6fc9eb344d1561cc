import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

/** Whatever runs in a process of its own. */
const entries = [
  'session/run',
  'session/express-server',
  'storage/run',
  'storage/server',
  'growth/run',
  'tokens/run',
  'peers/run',
  'peers/server',
];

/**
 * Runs one of them as users run the SDK: compiled. A loader that compiles at import keeps the names of functions by a call for
 * each function that is made, which is most of what an adapter would seem to cost.
 */
export const compiled = async (entry: string, args: readonly string[]): Promise<void> => {
  // Beside the dependencies of the bench, so that packages are found.
  const outdir = fileURLToPath(new URL(`./node_modules/.bench-${process.pid}`, import.meta.url));
  try {
    await build({
      entryPoints: entries.map((name) => fileURLToPath(new URL(`./${name}.ts`, import.meta.url))),
      outdir,
      outbase: fileURLToPath(new URL('.', import.meta.url)),
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: false,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      conditions: ['@sallyport/source'],
      plugins: [thirdPartiesStay],
      logLevel: 'warning',
    });
    process.exitCode = await run([`${outdir}/${entry}.mjs`, ...args]);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
};

const run = (args: readonly string[]): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: 'inherit' });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill(signal));
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });

/** Where they are found from the file that imports them, which is not where the bundle is. */
const thirdPartiesStay: Plugin = {
  name: 'third parties stay',
  setup: (builder) => {
    builder.onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, ...from }) => {
      if (pluginData === 'asked' || path.startsWith('node:') || path.startsWith('@sallyport/')) return undefined;
      const { importer, kind, resolveDir } = from;
      const found = await builder.resolve(path, { importer, kind, resolveDir, pluginData: 'asked' });
      if (!found.path.startsWith('/')) return found;
      return { path: pathToFileURL(found.path).href, namespace: 'third party', external: true };
    });
  },
};
