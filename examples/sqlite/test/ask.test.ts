import { mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StoreUnavailableError } from '@sallyport/core/ports';
import sqlite from 'node-sqlite3-wasm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askOf, type Driver } from '#ask';
import { createTables } from '#tables';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const insert = 'insert into auth_rates (key, tat) values (?1, 1) returning 1';

let folder: string;
let file: string;
let mine: sqlite.Database;
let other: sqlite.Database;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sqlite-ask-'));
  file = join(folder, 'a.db');
  mine = new sqlite.Database(file);
  await createTables(mine);
  other = new sqlite.Database(file);
});

afterEach(() => {
  mine.close();
  other.close();
  rmSync(folder, { recursive: true });
});

const keys = (): readonly unknown[] => mine.all('select key from auth_rates').map(({ key }) => key);

describe('a file that another connection has locked', () => {
  it('is waited for, and then the statement runs once', async () => {
    other.exec('begin exclusive');
    const asked = askOf(mine, 5_000)('insert', insert, ['a']);
    await pause(60);
    other.exec('rollback');
    expect((await asked).length).toBe(1);
    expect(keys()).toEqual(['a']);
  });

  it('is an outage in the end, and nothing runs after that', async () => {
    other.exec('begin exclusive');
    const asked = askOf(mine, 100)('insert', insert, ['a']);
    await expect(asked).rejects.toBeInstanceOf(StoreUnavailableError);
    other.exec('rollback');
    await pause(100);
    expect(keys()).toEqual([]);
  });

  it('stays locked by a process that was killed, until the folder of its lock is removed', async () => {
    mkdirSync(`${file}.lock`);
    await expect(askOf(mine, 100)('insert', insert, ['a'])).rejects.toBeInstanceOf(StoreUnavailableError);
    rmdirSync(`${file}.lock`);
    expect((await askOf(mine, 100)('insert', insert, ['a'])).length).toBe(1);
  });
});

describe('any other failure', () => {
  it('is not tried again: the statement may have run', async () => {
    const asked: string[] = [];
    const driver: Driver = {
      all: (sql) => {
        asked.push(sql);
        throw new Error('disk I/O error');
      },
    };
    const found = await askOf(driver, 1_000)('sessions.create', insert, ['a']).catch((error) => error);
    expect(found).toBeInstanceOf(StoreUnavailableError);
    expect(found.operation).toBe('sessions.create');
    expect(asked).toEqual([insert]);
  });
});
