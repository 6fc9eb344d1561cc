import { PGlite } from '@electric-sql/pglite';
import { storesContract } from '@sallyport/contract';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { fromPGlite, migrate, postgresStores } from '../src/index.ts';

describe('PGlite', () => {
  const db = new PGlite();
  const stores = () => postgresStores(fromPGlite(db));
  beforeAll(() => migrate(fromPGlite(db)));
  afterAll(() => db.close());

  // One session, inside the process: no wire that could be cut.
  for (const one of storesContract({ clients: [stores(), stores()], rounds: 2 })) test(one.name, one.run);
});
