import { defineConfig, type Options } from 'tsup';

const types: Options = {
  entry: {
    index: 'src/index.ts',
    ports: 'src/ports.ts',
    oauth: 'src/oauth.ts',
    hashing: 'src/hashing.ts',
    verify: 'src/verify.ts',
    'common-passwords': 'src/common-passwords.ts',
  },
  format: ['esm'],
  dts: { only: true },
  target: 'es2022',
  platform: 'neutral',
};

/** The types alone: `rolldown.config.ts` builds the rest, and with `--no-dts` nothing is left to do. */
const config: (asked: Options) => Options[] = (asked) => (asked.dts === false ? [] : [types]);
export default defineConfig(config) as typeof config;
