import { StoreUnavailableError } from '@sallyport/core/ports';
import sqlite from 'node-sqlite3-wasm';
import type { Driver } from '#ask';
import { sqliteStores } from '#stores';
import type { Answer, Call } from './process.ts';

const [, , file = ''] = process.argv;
const database = new sqlite.Database(file, { fileMustExist: true });
database.exec('pragma synchronous = off');

let busy = 0;
const driver: Driver = {
  all: (sql, values) => {
    try {
      return database.all(sql, values);
    } catch (error) {
      busy += 1;
      throw error;
    }
  },
};
const stores = sqliteStores(driver, 20_000);

const subjectOf = ({ slot, kind, method }: Call): unknown => {
  if (method === 'busy') return { busy: async () => busy };
  const part = stores[slot];
  if (kind !== null && 'open' in part) return part.open(kind);
  return method === 'identify' || method === 'account' ? 'joined' in part && part.joined : part;
};

const answer = async (call: Call): Promise<Answer> => {
  try {
    const subject = subjectOf(call) as Record<string, (...args: readonly unknown[]) => Promise<unknown>>;
    return { id: call.id, value: await subject[call.method]?.(...call.args) };
  } catch (error) {
    if (error instanceof StoreUnavailableError)
      return { id: call.id, unavailable: `${error.operation}: ${error.cause}` };
    throw error;
  }
};

process.on('message', async (call: Call) => {
  process.send?.(await answer(call));
});
process.on('disconnect', () => {
  database.close();
});
