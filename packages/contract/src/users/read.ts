import type { JsonObject } from '@sallyport/core/ports';
import { must } from '../cases.ts';
import { mustEqual } from '../equal.ts';
import { freshWord } from '../race.ts';
import { awkwardLoginKeys, awkwardValues } from '../samples.ts';
import { spoil } from '../spoil.ts';
import { mustFind, mustGet, registered, type UserDraft, user } from './trial.ts';

const reads = 30;

export const readDrafts: readonly UserDraft[] = [
  {
    law: 'U6',
    method: 'get, findByLoginKey',
    title: 'the other client sees every write as soon as it returned, whatever it read before',
    harm: 'A disabled or deleted user would go on in another process',
    run: async ({ clients, fresh }) => {
      for (let n = 0; n < reads; n += 1) {
        const writer = clients[n % 2 === 0 ? 0 : 1];
        const loginKey = fresh();
        await mustFind({ clients }, loginKey, null, 'before anybody had that key');
        const stored = await registered(writer, loginKey);
        const see = async (wanted: typeof stored | null, when: string): Promise<void> => {
          // Twice: the first read may be right and fill a cache that then is wrong.
          for (const read of ['', ', read again']) {
            await mustGet({ clients }, stored.id, wanted, `${when}${read}`);
            await mustFind({ clients }, loginKey, wanted, `${when}${read}`);
          }
        };
        await see(stored, 'after create');
        const next = { ...stored, version: 2, emailVerifiedAt: 1 };
        mustEqual(await writer.replace(next, 1), 'replaced', 'a replace from the stored version');
        await see(next, 'after replace');
        must(await writer.delete(stored.id), 'a delete of a user who is there was answered false');
        await see(null, 'after delete');
      }
    },
  },
  {
    law: 'U6',
    method: 'findByLoginKey',
    title: 'compares byte for byte: no collation, no pattern, no trimming',
    harm: 'A look-alike address would be the account of another, or could not be registered',
    run: async ({ clients }) => {
      const keys = awkwardLoginKeys(freshWord());
      for (const [n, key] of keys.entries()) {
        await mustFind({ clients }, key, null, `by ${JSON.stringify(key)}, before anybody had that key`);
        await registered(clients[n % 2 === 0 ? 0 : 1], key, { email: null, createdAt: n });
      }
      for (const [n, key] of keys.entries()) {
        const found = await clients[n % 2 === 0 ? 1 : 0].findByLoginKey(key);
        mustEqual([found?.loginKey, found?.createdAt], [key, n], `findByLoginKey by ${JSON.stringify(key)}`);
      }
    },
  },
  {
    law: 'A7',
    method: 'get, findByLoginKey',
    title: 'what comes back deep-equals what went in, the profile too',
    harm: 'The application would read another profile than it wrote',
    run: async ({ clients, fresh }) => {
      for (const [name, value] of Object.entries(awkwardValues)) {
        const stored = await registered(clients[0], fresh(), { profile: { value } });
        mustEqual(await clients[1].get(stored.id), stored, `created with ${name}`);
      }
      const stored = await registered(clients[0], fresh(), {
        email: 'Ann "A" O\'Neil <ann@例え.example>',
        createdAt: 0,
      });
      const next = {
        ...stored,
        version: 2,
        emailVerifiedAt: 253_402_300_799_999,
        profile: awkwardValues as JsonObject,
      };
      mustEqual(await clients[1].replace(next, 1), 'replaced', 'a replace with awkward values');
      await mustGet({ clients }, stored.id, next, 'after a replace with awkward values');
      await mustFind({ clients }, stored.loginKey, next, 'after a replace with awkward values');
    },
  },
  {
    law: 'A7',
    method: 'get, findByLoginKey',
    title: 'changing what went in, or what came out, changes nothing that is stored',
    harm: 'One request would change the profile that another reads',
    run: async ({ clients, fresh }) => {
      const given = user(fresh(), { profile: { tags: ['a', { deep: 'x' }] } });
      const wanted = structuredClone(given);
      const made = await clients[0].create(given);
      const id = made?.id ?? '';
      const see = async (version: number, what: string): Promise<void> => {
        for (const store of clients) {
          const here = { ...wanted, id, version };
          mustEqual(
            [await store.get(id), await store.findByLoginKey(wanted.loginKey)],
            [here, here],
            `after a change to ${what}`,
          );
        }
      };
      spoil(given);
      spoil(made);
      await see(1, 'what create was given and gave');
      for (const store of clients) {
        spoil(await store.get(id));
        spoil(await store.findByLoginKey(wanted.loginKey));
      }
      await see(1, 'what get and findByLoginKey gave');
      const next = { ...structuredClone(wanted), id, version: 2 };
      await clients[0].replace(next, 1);
      spoil(next);
      await see(2, 'what replace was given');
    },
  },
];
