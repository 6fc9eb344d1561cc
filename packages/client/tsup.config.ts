import { defineConfig, type Options } from 'tsup';

const config: Options = {
  entry: { index: 'src/index.ts' },
  format: ['esm'],
  // The types of the server's answers are part of ours: an application of the browser installs no server.
  dts: { compilerOptions: { paths: { '@sallyport/core': ['../core/src/index.ts'] } } },
  sourcemap: true,
  clean: true,
  treeshake: true,
  target: 'es2022',
  platform: 'browser',
};
export default defineConfig(config) as Options;
