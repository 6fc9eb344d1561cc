import { writeFileSync } from 'node:fs';
import { machine, table } from '../measure.ts';
import { storage, storageTables } from '../storage/storage.ts';
import { expressProfile } from './express-profile.ts';
import { loginFlood } from './login-flood.ts';
import { sessionCheck } from './session-check.ts';

const rounds = Number(process.argv[2] ?? 9);
const file = process.argv[3];

const results = {
  sessionCheck: await sessionCheck(rounds),
  expressProfile: await expressProfile(rounds, 3),
  loginFlood: await loginFlood(Math.min(rounds, 5)),
  storage: await storage(rounds),
};
console.info(table('A session check in process', 'µs', results.sessionCheck));
console.info(table('GET /api/profile, 32 connections', 'req/s', results.expressProfile));
console.info(table('200 logins in flight', '', results.loginFlood));
console.info(storageTables(results.storage));
if (file !== undefined) {
  writeFileSync(file, `${JSON.stringify({ machine: machine(), rounds, ...results }, null, 2)}\n`);
}
