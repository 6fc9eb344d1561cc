import { defineConfig, type ViteUserConfig } from 'vitest/config';
import projects from './vitest.workspace.ts';

// vitest 4 ignores vitest.workspace.ts without a word: this file hands it over.
const config: ViteUserConfig = defineConfig({ test: { projects } });
export default config;
