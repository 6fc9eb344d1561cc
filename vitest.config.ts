import { defineConfig, type ViteUserConfig } from 'vitest/config';
import projects from './vitest.workspace.ts';

// vitest 4 ignores vitest.workspace.ts without a word: this file hands it over.
const config: ViteUserConfig = defineConfig({
  // One Postgres and one Redis for all tests of a run, whichever project asks for them.
  test: { projects, globalSetup: 'tools/services/global-setup.ts' },
});
export default config;
