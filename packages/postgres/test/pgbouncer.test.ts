import { afterAll, beforeAll, describe } from 'vitest';
import type { Server } from '../../../tools/services/child.ts';
import { startPgBouncer } from '../../../tools/services/pgbouncer.ts';
import { contractSuite, missing, pgPool, portOf, postgresJs, sharedPostgres } from './harness.ts';

describe.skipIf(missing !== null)('PgBouncer 1.18 in transaction mode', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startPgBouncer({ postgresPort: portOf(sharedPostgres()), poolSize: 5 });
  });
  afterAll(() => server?.stop());
  const url = (): string => server.url;

  contractSuite('pg, unnamed statements', { connect: pgPool(10, { prepare: 'unnamed' }), url, rounds: 2 });
  contractSuite('postgres.js, prepare: false', { connect: postgresJs(10, false), url, rounds: 2 });
});
