import { inject, test } from 'vitest';
import { onRealStores } from './real-stores.ts';

if (inject('services').missing === null) {
  onRealStores();
  await import('../../packages/core/test/tokens-races.test.ts');
} else test.skip('the races of refresh tokens on Postgres and Redis');
