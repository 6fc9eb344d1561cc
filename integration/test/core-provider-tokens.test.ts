import { inject, test } from 'vitest';
import { onRealStores } from './real-stores.ts';

if (inject('services').missing === null) {
  onRealStores();
  await import('../../packages/core/test/provider-tokens-races.test.ts');
} else test.skip('the renewal of provider tokens on Postgres and Redis');
