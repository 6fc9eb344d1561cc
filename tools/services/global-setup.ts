import type { TestProject } from 'vitest/node';
import { whyNoServices } from './binaries.ts';
import { startPostgres } from './postgres.ts';
import { startRedis } from './redis.ts';

/** The servers that all tests of one run share; each test has a schema or a prefix of its own there. */
export interface Services {
  /** Why there are none on this machine; `null` = there are. */
  readonly missing: string | null;
  /** Connection URLs; `null` where they are missing. */
  readonly postgres: string | null;
  readonly redis: string | null;
}

declare module 'vitest' {
  interface ProvidedContext {
    services: Services;
  }
}

/** Starts them before the first test and stops them after the last. */
export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const missing = whyNoServices();
  if (missing !== null) {
    const { CI: ci } = process.env;
    if (ci === 'true') throw new Error(`tests of stores cannot run: ${missing}`);
    console.warn(`skipped  tests of stores: ${missing}`);
    project.provide('services', { missing, postgres: null, redis: null });
    return async () => {};
  }
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  project.provide('services', { missing: null, postgres: postgres.url, redis: redis.url });
  return async () => {
    await Promise.all([postgres.stop(), redis.stop()]);
  };
};
