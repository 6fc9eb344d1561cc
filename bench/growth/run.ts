import { writeFileSync } from 'node:fs';
import { machine } from '../measure.ts';
import { layouts } from './layouts.ts';
import { growthOnPostgres, growthRow } from './postgres.ts';
import { growthOnRedis, type RedisGrowth, redisGrowthRow } from './redis.ts';
import { sweepOnPostgres, sweepRow } from './sweep.ts';
import { touchesOnPostgres, touchesRow } from './touches.ts';

const exponent = Number(process.argv[2] ?? 7);
const file = process.argv[3];
if (!(Number.isInteger(exponent) && exponent >= 3)) throw new RangeError('the exponent is a whole number from 3');

const largest = 10 ** exponent;
const sizes = [...new Set([Math.min(largest, 1_000), Math.min(largest, 100_000), largest])];
const compared = Math.min(largest, 1_000_000);
/** A session is two commands, and a gigabyte holds little more than a million. */
const sizesOnRedis = [...new Set(sizes.map((size) => Math.min(size, 1_000_000)))];
const today = layouts.slice(0, 1);
const plan = [
  ...layouts.map((layout) => ({ layout, sessions: compared })),
  ...today.flatMap((layout) => sizes.filter((size) => size !== compared).map((sessions) => ({ layout, sessions }))),
];

console.info('Sweep on Postgres');
const sweep = await sweepOnPostgres(compared);
console.info(sweepRow(sweep));
console.info('Touches on Postgres');
const touches = await touchesOnPostgres((one) => console.info(touchesRow(one)));
console.info('Growth on Redis');
const redis: RedisGrowth[] = [];
for (const [sessions, perUser] of [
  ...sizesOnRedis.map((size) => [size, 5] as const),
  [Math.min(largest, 100_000), 1] as const,
]) {
  const growth = await growthOnRedis(sessions, perUser);
  console.info(redisGrowthRow(growth));
  redis.push(growth);
}
console.info('Growth on Postgres: median of a call / time in the server, pages looked at');
const postgres = await growthOnPostgres(plan, (growth) => console.info(growthRow(growth)));
if (file !== undefined) {
  writeFileSync(file, `${JSON.stringify({ machine: machine(), sweep, touches, redis, postgres }, null, 2)}\n`);
}
