import { defineConfig, type Options } from 'tsup';

const config: Options = {
  entry: {
    index: 'src/index.ts',
    ports: 'src/ports.ts',
    hashing: 'src/hashing.ts',
    verify: 'src/verify.ts',
    'common-passwords': 'src/common-passwords.ts',
  },
  format: ['esm'],
  dts: true,
  sourcemap: true,
  clean: true,
  treeshake: true,
  target: 'es2022',
  platform: 'neutral',
  // Shared chunks: one copy of each error class, whichever entry a program imports.
  splitting: true,
};
export default defineConfig(config) as Options;
