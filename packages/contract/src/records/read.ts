import { must } from '../cases.ts';
import { mustEqual } from '../equal.ts';
import { created, type Note, note, type RecordDraft } from './trial.ts';

const reads = 50;

export const readDrafts: readonly RecordDraft[] = [
  {
    law: 'A4',
    method: 'get',
    title: 'the other client sees every write as soon as it returned, whatever it read before',
    harm: 'A session would live on in one process after the logout in another',
    run: async ({ stores, fresh }) => {
      for (let n = 0; n < reads; n += 1) {
        const [writer, reader] = n % 2 === 0 ? stores : ([stores[1], stores[0]] as const);
        const id = fresh();
        const see = async (wanted: Note | null, after: string): Promise<void> => {
          // Twice: the first read may be right and fill a cache that then is wrong.
          for (const read of ['', ' again']) {
            mustEqual(await reader.get(id), wanted, `the other client read${read} after ${after} had returned`);
          }
          mustEqual(await writer.get(id), wanted, `the same client read after ${after} had returned`);
        };
        await see(null, 'nothing');
        await see(await created(writer, note(id)), 'create');
        const next = note(id, { version: 2, text: 'second' });
        must(await writer.replace(next, 1), 'a replace from the stored version was answered false');
        await see(next, 'replace');
        must(await writer.delete(id), 'a delete of a record that is there was answered false');
        await see(null, 'delete');
      }
    },
  },
  {
    law: 'A4',
    method: 'get',
    title: 'an id is compared byte for byte, and is no pattern',
    harm: 'One user would be signed in with the session of another',
    run: async ({ stores, fresh }) => {
      const word = fresh();
      const alike = ['a_c', 'abc', 'a-c', 'ABC', 'aBc', 'ab', 'abcd'].map((end) =>
        note(`${word}${end}`, { text: end }),
      );
      for (const one of alike) await created(stores[0], one);
      for (const one of alike) mustEqual(await stores[1].get(one.id), one, `of ids that are nearly alike, ${one.text}`);
      const long = await created(stores[0], note(word.padEnd(64, '_-aZ9')));
      for (const store of stores) mustEqual(await store.get(long.id), long, 'the record with an id of 64 characters');
    },
  },
  {
    law: 'kind',
    method: 'open',
    title: 'a kind opened twice is the same records',
    harm: 'A process would not see what it wrote through another handle',
    run: async ({ clients, kind, fresh }) => {
      const [one, two] = clients;
      const record = await created(one.open<Note>(kind), note(fresh()));
      for (const client of [one, two]) mustEqual(await client.open<Note>(kind).get(record.id), record, 'opened again');
    },
  },
  {
    law: 'kind',
    method: 'open',
    title: 'kinds do not see each other, not even where kind and id run together',
    harm: 'A link that confirms an address would be found as a session',
    run: async ({ clients, kind, fresh }) => {
      const [one, two] = clients;
      const [word, owner] = [fresh(), fresh()];
      const places = [
        { kind, id: `a_${word}` },
        { kind: `${kind}_a`, id: word },
        { kind: `${kind}_a`, id: `a_${word}` },
        { kind: `${kind}_`, id: `a_${word}` },
      ];
      for (const place of places) {
        const record = note(place.id, { userId: owner, text: place.kind });
        const answer = await one.open<Note>(place.kind).create(record);
        must(answer === true, `create was answered ${answer} for an id that only another kind has`);
      }
      for (const place of places) {
        const store = two.open<Note>(place.kind);
        mustEqual((await store.get(place.id))?.text, place.kind, 'the record of a kind');
      }
      const [first, ...others] = places;
      await one.open<Note>(first?.kind ?? '').delete(first?.id ?? '');
      for (const place of others) {
        const found = await two.open<Note>(place.kind).get(place.id);
        must(found !== null, 'a delete in one kind removed the record of another kind');
      }
    },
  },
];
