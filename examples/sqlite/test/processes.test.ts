import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storesContract } from '@sallyport/contract';
import sqlite from 'node-sqlite3-wasm';
import { afterAll, describe, expect, it } from 'vitest';
import { sqliteStores } from '#stores';
import { createTables } from '#tables';
import { startProcess } from './process.ts';

const folder = mkdtempSync(join(tmpdir(), 'sqlite-processes-'));
const file = join(folder, 'a.db');
const database = new sqlite.Database(file);
database.exec('pragma synchronous = off');
await createTables(database);
const other = startProcess(file);

afterAll(async () => {
  await other.close();
  database.close();
  rmSync(folder, { recursive: true });
});

describe('one file, two processes', () => {
  const cases = storesContract({ clients: [sqliteStores(database, 20_000), other.stores], rounds: 3 });

  it('keep every law but that of outages, which the test of the guide tries', () => {
    expect(new Set(cases.filter(({ skip }) => skip !== null).map(({ law }) => law))).toEqual(new Set(['A8']));
  });

  for (const { name, run } of cases.filter(({ skip }) => skip === null)) it(name, run);

  it('they did meet at the lock', async () => {
    expect(other.pid).not.toBe(process.pid);
    expect(await other.busy()).toBeGreaterThan(0);
  });
});
