import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPostgres } from '../../tools/services/postgres.ts';
import { startRedis } from '../../tools/services/redis.ts';
import { machine } from '../measure.ts';
import { connected } from './backends.ts';
import { bundleSizes } from './bundles.ts';
import { contenders } from './contenders.ts';
import { companies, goalResults } from './goals.ts';
import { logins } from './logins.ts';
import { running } from './mounted.ts';
import { peerOptions } from './options.ts';
import { splitProcessors } from './processors.ts';
import { faultsOf } from './proof.ts';
import type { PeerResults } from './results.ts';
import { checkResult, inRounds, inTurns, loginResult } from './rounds.ts';
import { checkConnections, contestant, type Effort, loginSample, loginsAtOnce } from './samples.ts';
import { tables } from './tables.ts';
import { type Trips, tripCounter } from './trips.ts';
import { versions } from './versions.ts';
import { provideWrk } from './wrk.ts';

/** From `bench/node_modules/.bench-1/peers`, where this runs compiled. */
const root = fileURLToPath(new URL('../../../..', import.meta.url));
const options = peerOptions(process.argv.slice(2), join(root, 'bench/results/peers.json'));
const wanted = contenders.filter(({ name }) => name.includes(options.only));
const wantedLogins = logins.filter(({ name }) => name.includes(options.only));
if (wanted.length + wantedLogins.length === 0) throw new Error(`nobody is called ${options.only}`);
const effort: Effort = options.isQuick
  ? { warmSeconds: 1, turns: 1, turnSeconds: 1, inProcessMs: 100 }
  : // V8 compiles for two to three seconds: until then a server is measured that nobody has for long.
    { warmSeconds: 3, turns: 4, turnSeconds: 1, inProcessMs: 500 };

provideWrk();
const settings = { shared_preload_libraries: 'pg_stat_statements' };
const pinnedTo = splitProcessors();
const [postgres, redis] = await Promise.all([startPostgres({ settings }), startRedis()]);
const backends = await connected(postgres.url, redis.url);

/** Before anything is timed: everybody answers as it must, and by how many round trips. */
const proved = async (): Promise<ReadonlyMap<string, Trips>> => {
  const counter = await tripCounter(backends, redis.url);
  const trips = new Map<string, Trips>();
  for (const contender of wanted) {
    const server = await running(contender, backends);
    const faults = await faultsOf(contender, server);
    if (faults.length > 0) throw new Error(faults.join('\n'));
    trips.set(contender.name, await counter.count(server));
    await server.stop();
  }
  counter.close();
  return trips;
};

try {
  const place = { postgresUrl: postgres.url, redisUrl: redis.url, pinnedTo };
  const trips = await proved();
  const checks = await inTurns(
    companies(wanted.map(({ name }) => name)),
    { rounds: options.rounds, turns: effort.turns },
    (name) => contestant(name, place, effort),
  );
  const signIns = await inRounds(
    wantedLogins.map(({ name }) => name),
    options.rounds,
    (name) => loginSample(name, place),
  );
  const bundles = await bundleSizes(root);
  const results: PeerResults = {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    rounds: options.rounds,
    turns: effort.turns,
    turnSeconds: effort.turnSeconds,
    connections: checkConnections,
    loginsAtOnce,
    isPinned: pinnedTo !== null,
    versions: versions(root),
    checks: wanted.map((one) => checkResult(one, trips.get(one.name) ?? { redis: [], statements: 0 }, checks)),
    logins: wantedLogins.map((one) => loginResult(one, signIns)),
    bundles,
    goals: goalResults(checks, bundles),
  };
  console.info(tables(results));
  if (options.out !== null) writeFileSync(options.out, `${JSON.stringify(results, null, 2)}\n`);
} finally {
  await backends.close();
  await Promise.all([postgres.stop(), redis.stop()]);
}
