import { writeFileSync } from 'node:fs';
import { machine, table } from '../measure.ts';
import { tokenRefresh } from './refresh.ts';
import { tokenVerify } from './verify.ts';

const rounds = Number(process.argv[2] ?? 9);
const file = process.argv[3];

const results = {
  eddsa: await tokenVerify('EdDSA', rounds),
  es256: await tokenVerify('ES256', rounds),
  refresh: await tokenRefresh(rounds),
};
console.info(table('An access token verified, EdDSA', 'µs', results.eddsa));
console.info(table('An access token verified, ES256', 'µs', results.es256));
console.info(table('A refresh on Redis, 32 callers', 'req/s', results.refresh));
if (file !== undefined) {
  writeFileSync(file, `${JSON.stringify({ machine: machine(), rounds, ...results }, null, 2)}\n`);
}
