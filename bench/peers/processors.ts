import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';

/**
 * Gives this process and all that it starts the second processor, and returns the first, which is for servers; `null` where
 * there is one alone or nobody to ask for it. The stores share the second with the load generator.
 */
export const splitProcessors = (): number | null => {
  if (cpus().length < 2) return null;
  const { status } = spawnSync('taskset', ['--all-tasks', '--cpu-list', '--pid', '1', `${process.pid}`]);
  return status === 0 ? 0 : null;
};
