import { builtinModules, isBuiltin } from 'node:module';
import { join, relative, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, type BuildResult, build, type Metafile, type Plugin } from 'esbuild';

export interface Wanted {
  readonly code: string;
  /** Whose dependencies it finds; by default those of the example with Express. */
  readonly from?: string;
  /** Runs on any runtime: names no module of Node. */
  readonly anywhere: boolean;
  readonly external?: readonly string[];
  /** Input files that must not be in any part of it. */
  readonly never?: RegExp;
}

export interface Bundle {
  /** Bytes of what is loaded at once, minified, and then with gzip. */
  readonly minified: number;
  readonly gzipped: number;
  /** Bytes with gzip of what dynamic imports ask for. */
  readonly later: number;
  /** Minified bytes of each input file in what is loaded at once. */
  readonly inputs: ReadonlyMap<string, number>;
  readonly faults: readonly string[];
}

/** The entry and all that it imports by one of these ways. */
const reachedBy = ({ outputs }: Metafile, kinds: readonly string[]): ReadonlySet<string> => {
  const reached = new Set(Object.keys(outputs).filter((path) => outputs[path]?.entryPoint === '<stdin>'));
  for (const path of reached) {
    const next = outputs[path]?.imports.filter(({ kind, external }) => kinds.includes(kind) && external !== true);
    for (const output of next ?? []) reached.add(output.path);
  }
  return reached;
};

const atOnce = (metafile: Metafile): ReadonlySet<string> => reachedBy(metafile, ['import-statement']);

/** Leaves out what these files would be asked for on demand. */
const without = (root: string, files: readonly string[]): Plugin => ({
  name: 'without',
  setup: ({ onResolve }) => {
    const unwanted = new Set(files.map((file) => resolve(root, file)));
    onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) =>
      kind === 'dynamic-import' && unwanted.has(resolve(resolveDir, path)) ? { path, external: true } : undefined,
    );
  },
});

type Built = BuildResult<BuildOptions & { readonly metafile: true; readonly write: false }>;

/**
 * esbuild writes a chunk for each dynamic import that it reads, also where nobody calls the function that holds it, and splits
 * what that shares with the rest. No program loads such a chunk, and other bundlers write none: it is built once more without.
 */
const withoutOrphans = async (root: string, options: Parameters<typeof once>[0]): Promise<Built> => {
  const first = await once(options);
  const { outputs } = first.metafile;
  const reached = reachedBy(first.metafile, ['import-statement', 'dynamic-import']);
  const orphans = Object.entries(outputs).flatMap(([path, { entryPoint }]) =>
    entryPoint === undefined || reached.has(path) ? [] : [entryPoint],
  );
  return orphans.length === 0 ? first : once({ ...options, plugins: [without(root, orphans)] });
};

const once = (options: BuildOptions): Promise<Built> => build({ ...options, metafile: true, write: false });

const faultsOf = ({ inputs, outputs }: Metafile, { anywhere, never }: Wanted): readonly string[] => {
  const imports = new Set(Object.values(outputs).flatMap((output) => output.imports.map(({ path }) => path)));
  const builtin = [...imports].filter((path) => anywhere && isBuiltin(path));
  const files = Object.keys(inputs).filter((path) => never?.test(path));
  return [...builtin.map((path) => `it imports '${path}'`), ...files.map((path) => `it contains ${path}`)];
};

const inputsOf = ({ outputs }: Metafile, paths: ReadonlySet<string>): ReadonlyMap<string, number> => {
  const inputs = [...paths].flatMap((path) => Object.entries(outputs[path]?.inputs ?? {}));
  return new Map(inputs.map(([path, { bytesInOutput }]) => [path, bytesInOutput]));
};

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** Bundles what the example application would get of the built packages; nothing is written. */
export const bundle = async (root: string, wanted: Wanted): Promise<Bundle> => {
  const { metafile, outputFiles } = await withoutOrphans(root, {
    stdin: { contents: wanted.code, resolveDir: join(root, wanted.from ?? 'examples/express') },
    absWorkingDir: root,
    outdir: join(root, 'bundle'),
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    logLevel: 'silent',
    platform: wanted.anywhere ? 'neutral' : 'node',
    mainFields: ['module', 'main'],
    external: ['node:*', ...builtinModules, ...(wanted.external ?? [])],
  });
  const first = atOnce(metafile);
  const sizes = outputFiles.map(({ path, contents }) => ({
    first: first.has(relative(root, path).replaceAll('\\', '/')),
    minified: contents.length,
    gzipped: gzipSync(contents, { level: 9 }).length,
  }));
  const now = sizes.filter((size) => size.first);
  return {
    minified: sum(now.map(({ minified }) => minified)),
    gzipped: sum(now.map(({ gzipped }) => gzipped)),
    later: sum(sizes.filter((size) => !size.first).map(({ gzipped }) => gzipped)),
    inputs: inputsOf(metafile, first),
    faults: faultsOf(metafile, wanted),
  };
};
