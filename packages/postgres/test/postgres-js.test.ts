import { contractSuite, postgresJs } from './harness.ts';

contractSuite('postgres.js', { connect: postgresJs(10) });
