import { inject, test } from 'vitest';
import { onRealStores } from './real-stores.ts';

if (inject('services').missing === null) {
  onRealStores();
  await import('../../packages/core/test/oauth-crash.test.ts');
} else test.skip('sign-in at providers on Postgres and Redis');
