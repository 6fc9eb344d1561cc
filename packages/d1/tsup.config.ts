import { defineConfig, type Options } from 'tsup';

const config: Options = {
  entry: { index: 'src/index.ts' },
  format: ['esm'],
  dts: true,
  sourcemap: true,
  clean: true,
  treeshake: true,
  target: 'es2022',
  platform: 'neutral',
};
export default defineConfig(config) as Options;
