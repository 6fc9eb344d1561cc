import { inject, test } from 'vitest';
import { onRealStores } from './real-stores.ts';

if (inject('services').missing === null) {
  onRealStores();
  await import('../../packages/core/test/recovery-races.test.ts');
} else test.skip('the recovery races of the core on Postgres and Redis');
