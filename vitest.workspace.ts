import type { TestProjectConfiguration } from 'vitest/config';

/** Tests run on the sources: the custom condition comes first, then the conditions of the runtime. */
const conditions = ['@sallyport/source', 'node'];
const source = { resolve: { conditions }, ssr: { resolve: { conditions } } };

/** Real servers are started, killed and paused there. */
const onServers = { testTimeout: 120_000, hookTimeout: 120_000 };

const projects: TestProjectConfiguration[] = [
  { ...source, test: { name: 'core', root: 'packages/core', testTimeout: 30_000 } },
  { ...source, test: { name: 'attacks', root: 'packages/attacks', testTimeout: 60_000 } },
  { ...source, test: { name: 'argon2', root: 'packages/argon2', testTimeout: 30_000 } },
  { ...source, test: { name: 'cli', root: 'packages/cli', ...onServers } },
  { ...source, test: { name: 'client', root: 'packages/client', testTimeout: 30_000 } },
  { ...source, test: { name: 'contract', root: 'packages/contract', testTimeout: 30_000 } },
  { ...source, test: { name: 'express', root: 'packages/express', testTimeout: 30_000 } },
  { ...source, test: { name: 'legacy-hashes', root: 'packages/legacy-hashes', testTimeout: 30_000 } },
  { ...source, test: { name: 'd1', root: 'packages/d1', ...onServers } },
  { ...source, test: { name: 'hono', root: 'packages/hono', testTimeout: 30_000 } },
  { ...source, test: { name: 'postgres', root: 'packages/postgres', ...onServers } },
  { ...source, test: { name: 'redis', root: 'packages/redis', ...onServers } },
  { ...source, test: { name: 'smtp', root: 'packages/smtp', testTimeout: 60_000 } },
  { ...source, test: { name: 'demo', root: 'examples/express', testTimeout: 60_000 } },
  { ...source, test: { name: 'spa', root: 'examples/spa', testTimeout: 60_000 } },
  { ...source, test: { name: 'demo-hono', root: 'examples/hono', testTimeout: 60_000 } },
  { ...source, test: { name: 'demo-worker', root: 'examples/hono-worker', testTimeout: 60_000 } },
  { ...source, test: { name: 'next', root: 'packages/next', testTimeout: 30_000 } },
  {
    ...source,
    test: { name: 'demo-next', root: 'examples/next-app', testTimeout: 60_000, globalSetup: 'test/build-once.ts' },
  },
  { ...source, test: { name: 'sqlite', root: 'examples/sqlite', ...onServers } },
  { ...source, test: { name: 'site', root: 'site' } },
  { ...source, test: { name: 'tools', root: 'tools', testTimeout: 60_000 } },
  { ...source, test: { name: 'bench', root: 'bench', ...onServers } },
  { ...source, test: { name: 'integration', root: 'integration', ...onServers } },
];
export default projects;
