import { type ChunkingContext, type CodeSplittingNameFunction, type ConfigExport, defineConfig } from 'rolldown';

const entries = ['index', 'ports', 'oauth', 'hashing', 'verify', 'common-passwords'];
const fileOf = (entry: string): string => `${import.meta.dirname}/src/${entry}.ts`;

/** These entries and all that they import at once. */
const atOnce = (names: readonly string[], context: ChunkingContext): ReadonlySet<string> => {
  const reached = new Set(names.map(fileOf));
  for (const file of reached) for (const next of context.getModuleInfo(file)?.importedIds ?? []) reached.add(next);
  return reached;
};

/**
 * Two chunks hold what the core loads at once: what its small entries need as well, and the rest. Left alone, bundlers that
 * split cut along every set of parts that are loaded on demand, and each of a dozen chunks is compressed without the others.
 */
const chunkNames = (): CodeSplittingNameFunction => {
  let known: { readonly main: ReadonlySet<string>; readonly small: ReadonlySet<string> } | null = null;
  return (file, context) => {
    known ??= {
      main: atOnce(['composition/create-auth', 'features/password'], context),
      small: atOnce(['ports', 'hashing', 'verify'], context),
    };
    if (!known.main.has(file)) return null;
    return known.small.has(file) ? 'base' : 'core';
  };
};

const config: ConfigExport = defineConfig({
  input: Object.fromEntries(entries.map((entry) => [entry, fileOf(entry)])),
  external: /^[^./]/,
  platform: 'neutral',
  transform: { target: 'es2022' },
  treeshake: { moduleSideEffects: false },
  output: {
    dir: 'dist',
    cleanDir: true,
    format: 'esm',
    sourcemap: true,
    chunkFileNames: '[name]-[hash].js',
    codeSplitting: {
      groups: [{ debugName: 'at once', name: chunkNames() }],
    },
  },
});
export default config;
