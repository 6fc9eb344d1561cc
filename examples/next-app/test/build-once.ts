import { buildApp } from './start.ts';

/** Before the first test of this folder: files that run at the same time would build into the same place. */
export const setup = async (): Promise<void> => {
  if (process.env['SKIP_BUILD'] !== '1') await buildApp();
};
