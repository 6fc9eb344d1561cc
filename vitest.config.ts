import { availableParallelism } from 'node:os';
import { defineConfig, type ViteUserConfig } from 'vitest/config';
import projects from './vitest.workspace.ts';

// vitest 4 ignores vitest.workspace.ts without a word: this file hands it over.
const config: ViteUserConfig = defineConfig({
  test: {
    projects,
    // One Postgres and one Redis for all tests of a run, whichever project asks for them.
    globalSetup: 'tools/services/global-setup.ts',
    // Much is waiting: for servers, browsers, deadlines. The default leaves one of two cores idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
});
export default config;
