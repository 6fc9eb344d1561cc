import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { storesContract } from '@sallyport/contract';
import sqlite from 'node-sqlite3-wasm';
import type { Driver } from '#ask';
import { sqliteStores } from '#stores';
import { createTables } from '#tables';

const folder = mkdtempSync(join(tmpdir(), 'adapter-'));
const opened: sqlite.Database[] = [];
const open = (name: string): sqlite.Database => {
  const database = new sqlite.Database(join(folder, name));
  // A test may lose its file to a power cut, and is several times faster for it.
  database.exec('pragma synchronous = off');
  opened.push(database);
  return database;
};
after(() => {
  for (const database of opened) database.close();
  rmSync(folder, { recursive: true });
});

const [one, two] = [open('a.db'), open('a.db')];
await createTables(one);

/** Does what the first write asks, and then breaks before it says so. Every later call is answered. */
const losesAnAnswer = (): Driver => {
  let isLost = false;
  return {
    all: (sql, values) => {
      const rows = two.all(sql, values);
      if (isLost || sql.startsWith('select')) return rows;
      isLost = true;
      throw new Error('disk I/O error');
    },
  };
};

// A file that another connection holds and never lets go of.
const [kept, holder] = [open('held.db'), open('held.db')];
await createTables(kept);
holder.exec('begin exclusive');

const cases = storesContract({
  clients: [sqliteStores(one), sqliteStores(two)],
  unreachable: sqliteStores(kept, 300),
  lostAnswer: () => sqliteStores(losesAnAnswer()),
});
for (const { name, skip, run } of cases) test(name, { skip: skip ?? false }, run);
