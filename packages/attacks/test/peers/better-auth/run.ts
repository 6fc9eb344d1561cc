import { parseArgs } from 'node:util';
import pg from 'pg';
import { startPostgres } from '../../../../../tools/services/postgres.ts';
import { runAttacks, table } from '../../../src/index.ts';
import { betterAuthPeer, quickHashing, type Setup } from './application.ts';
import { lookBeside } from './beside.ts';
import { moveDate } from './clock.ts';
import { betterAuthProfile } from './profile.ts';

const { values } = parseArgs({
  options: {
    setup: { type: 'string', default: 'defaults' },
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    beside: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
if (values.setup !== 'defaults' && values.setup !== 'options') throw new TypeError('--setup is defaults or options');
const setup: Setup = values.setup;
const { DATABASE_URL: given } = process.env;
/** An empty database, or a server for this run. */
const server = given === undefined ? await startPostgres() : null;

const { advance } = moveDate();
const pool = new pg.Pool({ connectionString: given ?? server?.url, max: 10 });
try {
  const { migrate, target } = betterAuthPeer({
    pool,
    setup,
    advance,
    ...(values.quick ? { hashing: quickHashing } : {}),
  });
  await migrate();
  if (values.beside) {
    console.log(JSON.stringify(await lookBeside(pool)));
  } else {
    const report = await runAttacks({
      profile: betterAuthProfile(setup),
      target,
      // Its own hashes take their time on a busy machine.
      bounds: { attackMs: 300_000, runMs: 3_600_000 },
      ...(values.only === undefined ? {} : { only: values.only.split(',') }),
    });
    console.log(values.json ? JSON.stringify(report) : table(report));
  }
} finally {
  await pool.end();
  await server?.stop();
}
