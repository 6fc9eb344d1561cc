import { inject, test } from 'vitest';
import { onRealStores } from './real-stores.ts';

if (inject('services').missing === null) {
  onRealStores();
  await import('../../packages/core/test/second-factor-races.test.ts');
  await import('../../packages/core/test/second-factor-crash.test.ts');
} else test.skip('the second factors of the core on Postgres and Redis');
