import { defineConfig, type Options } from 'tsup';

const config: Options = {
  entry: {
    index: 'src/index.ts',
    ports: 'src/ports.ts',
    oauth: 'src/oauth.ts',
    hashing: 'src/hashing.ts',
    verify: 'src/verify.ts',
    'common-passwords': 'src/common-passwords.ts',
  },
  format: ['esm'],
  // The types alone: `rolldown.config.ts` builds the rest.
  dts: { only: true },
  clean: true,
  target: 'es2022',
  platform: 'neutral',
};
export default defineConfig(config) as Options;
