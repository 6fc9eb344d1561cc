import type { JsonObject } from '@sallyport/core/ports';
import { mustEqual } from '../equal.ts';
import { awkwardValues } from '../samples.ts';
import { spoil } from '../spoil.ts';
import { created, mustList, note, type RecordDraft } from './trial.ts';

const law = 'A7';

export const valueDrafts: readonly RecordDraft[] = [
  {
    law,
    method: 'get',
    title: 'what comes back deep-equals what went in, through create, replace and listByUser',
    harm: 'What the application attached to a session would change by being stored',
    run: async ({ stores, fresh }) => {
      const [one, two] = stores;
      for (const [name, data] of Object.entries(awkwardValues)) {
        const record = await created(one, note(fresh(), { data }));
        mustEqual(await two.get(record.id), record, `created with ${name}`);
      }
      const owner = fresh();
      const id = fresh();
      await created(one, note(id, { userId: owner }));
      const all = note(id, { userId: owner, version: 2, text: 'a\0b\u2028', data: awkwardValues as JsonObject });
      mustEqual(await one.replace(all, 1), true, 'a replace with awkward values');
      mustEqual(await two.get(id), all, 'replaced with awkward values');
      await mustList({ stores }, owner, [all]);
    },
  },
  {
    law,
    method: 'get',
    title: 'changing what went in, or what came out, changes nothing that is stored',
    harm: 'A request would change the session of another by changing an object of its own',
    run: async ({ stores, fresh }) => {
      const [id, owner] = [fresh(), fresh()];
      const given = note(id, { userId: owner, data: { list: [1, { deep: 'x' }] } });
      const wanted = structuredClone(given);
      const see = async (what: string): Promise<void> => {
        for (const store of stores) mustEqual(await store.get(id), wanted, what);
      };
      await created(stores[0], given);
      spoil(given);
      await see('after a change to the object that was given to create');
      for (const store of stores) spoil(await store.get(id));
      await see('after a change to the object that get gave');
      await mustList({ stores }, owner, [wanted]);
      for (const store of stores) for (const one of await store.listByUser(owner)) spoil(one);
      await see('after a change to an object that listByUser gave');
      const next = { ...structuredClone(wanted), version: 2 };
      await stores[0].replace(next, 1);
      spoil(next);
      for (const store of stores) {
        mustEqual(
          await store.get(id),
          { ...wanted, version: 2 },
          'after a change to the object that was given to replace',
        );
      }
    },
  },
];
