import type { StoredRecord, Stores } from '@sallyport/core/ports';
import { idOf, put } from './wrap.ts';

interface Mark extends StoredRecord {
  readonly value: string;
}

export interface Marks {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<void>;
  clear(key: string): Promise<boolean>;
}

/** A word about a login key, in the backend, where every client sees it. */
export const marksOf = (durable: Stores['durable'], name: string): Marks => {
  const marks = durable.open<Mark>(`contract_${name}`);
  return {
    get: async (key) => (await marks.get(idOf(key)))?.value ?? null,
    set: (key, value) => put(marks, { id: idOf(key), userId: null, version: 1, expiresAt: null, value }),
    clear: (key) => marks.delete(idOf(key)),
  };
};
