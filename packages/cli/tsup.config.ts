import { defineConfig, type Options } from 'tsup';
import { readReference } from './src/reference.ts';

const config: Options = {
  entry: { index: 'src/index.ts', bin: 'src/bin.ts' },
  format: ['esm'],
  dts: { entry: { index: 'src/index.ts' } },
  sourcemap: true,
  clean: true,
  treeshake: true,
  splitting: true,
  target: 'es2022',
  platform: 'node',
  // The package is explained by the words of docs/reference, and docs are not part of it.
  define: { SALLYPORT_REFERENCE: JSON.stringify(readReference()) },
};
export default defineConfig(config) as Options;
