import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { databaseOf } from '../src/database.ts';
import { type D1Like, d1Stores } from '../src/index.ts';
import { statements } from '../src/migrate.ts';

it('the file says what migrate runs', () => {
  const file = readFileSync(new URL('../sql/001-tables.sql', import.meta.url), 'utf8');
  const sql = file
    .replace(/^--.*\n/gm, '')
    .split(/;\n/)
    .filter((one) => one !== '');
  expect(sql).toEqual(statements);
});

const answering = (all: () => Promise<{ readonly results?: readonly unknown[] }>): D1Like => {
  const statement = { bind: () => statement, all };
  return { prepare: () => statement, batch: async (list) => Promise.all(list.map(() => all())) };
};

it('an answer without results is an outage, and not the answer "none"', async () => {
  const db = databaseOf(
    answering(async () => ({})),
    1_000,
  );
  const outage = { name: 'StoreUnavailableError' };
  await expect(db.ask('x', 'select 1')).rejects.toMatchObject(outage);
  await expect(db.askAll('x', [['select 1']])).rejects.toMatchObject(outage);
});

it('an answer that does not come is an outage after timeoutMs', async () => {
  const stores = d1Stores(
    answering(() => new Promise(() => {})),
    { timeoutMs: 20 },
  );
  await expect(stores.users.get('x')).rejects.toMatchObject({ name: 'StoreUnavailableError' });
});

it('a login key that is in use is told from any other failure', async () => {
  const failing = (message: string) => d1Stores(answering(() => Promise.reject(new Error(message))));
  const user = { id: 'a', version: 2, loginKey: 'a', email: null, emailVerifiedAt: null, createdAt: 1, profile: {} };
  const taken = failing('D1_ERROR: UNIQUE constraint failed: auth_users.login_key: SQLITE_CONSTRAINT');
  expect(await taken.users.replace(user, 1)).toBe('taken');
  const down = failing('D1_ERROR: D1 DB storage operation exceeded timeout which caused object to be reset.');
  await expect(down.users.replace(user, 1)).rejects.toMatchObject({ name: 'StoreUnavailableError' });
});
