import { builtinModules, isBuiltin } from 'node:module';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';

export interface Wanted {
  readonly code: string;
  /** Runs on any runtime: names no module of Node. */
  readonly anywhere: boolean;
  readonly external?: readonly string[];
  /** The workspace package whose dependencies it may import; the demo's by default. */
  readonly home?: string;
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

/** The entry and all that it imports statically. */
const atOnce = ({ outputs }: Metafile): ReadonlySet<string> => {
  const reached = new Set(Object.keys(outputs).filter((path) => outputs[path]?.entryPoint === '<stdin>'));
  for (const path of reached) {
    const next = outputs[path]?.imports.filter(
      ({ kind, external }) => kind === 'import-statement' && external !== true,
    );
    for (const output of next ?? []) reached.add(output.path);
  }
  return reached;
};

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
  const { metafile, outputFiles } = await build({
    stdin: { contents: wanted.code, resolveDir: join(root, wanted.home ?? 'examples/express') },
    absWorkingDir: root,
    outdir: join(root, 'bundle'),
    bundle: true,
    minify: true,
    splitting: true,
    metafile: true,
    write: false,
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
