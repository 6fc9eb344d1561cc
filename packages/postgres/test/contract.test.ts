import { contractSuite, pgPool } from './harness.ts';

contractSuite('pg, two pools', { connect: pgPool(10) });
contractSuite('pg, pools of one', { connect: pgPool(1), rounds: 2 });
contractSuite('pg, unnamed statements', { connect: pgPool(10, { prepare: 'unnamed' }), rounds: 2 });
