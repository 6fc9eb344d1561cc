import { writeFileSync } from 'node:fs';
import { machine } from '../measure.ts';
import { storage, storageTables } from './storage.ts';

const rounds = Number(process.argv[2] ?? 9);
const file = process.argv[3];

const results = await storage(rounds);
console.info(storageTables(results));
if (file !== undefined) writeFileSync(file, `${JSON.stringify({ machine: machine(), rounds, ...results }, null, 2)}\n`);
