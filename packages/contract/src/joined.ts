import type {
  CredentialRecord,
  JoinedReads,
  OwnedRecordStore,
  SessionRecord,
  Stores,
  UserRecord,
} from '@sallyport/core/ports';
import { type Contract, type ContractCase, casesOf, type Draft, must } from './cases.ts';
import { mustEqual } from './equal.ts';
import type { ContractOptions, Pair, Setting } from './options.ts';
import { given, mustAllBeUnavailable } from './outage.ts';
import { freshWord } from './race.ts';
import { registered } from './users/trial.ts';

/** The optional joined reads of a whole `Stores`: each says what the separate reads say. */
export const joinedReadsContract = (options: ContractOptions<Stores>): readonly ContractCase[] =>
  casesOf(joinedReads, options);

interface Found {
  readonly credential: CredentialRecord | null;
  readonly user: UserRecord | null;
}

interface Subjects {
  readonly user: UserRecord;
  /** Of the sessions (of the user, of nobody, of a user who was deleted), and of a link that is none. */
  readonly ids: readonly string[];
  readonly mine: string;
  /** Holds every joined read of both clients to the separate reads. */
  readonly see: (when: string) => Promise<void>;
}

const farAway = 4_102_444_800_000;

type JoinedDraft = Draft<Stores, Setting<Stores>>;

const identifyOf = ({ ephemeral: { joined } }: Stores): JoinedReads['identify'] | undefined =>
  joined?.identify?.bind(joined);
const accountOf = ({ durable: { joined } }: Stores): JoinedReads['account'] | undefined =>
  joined?.account?.bind(joined);

const needsAny = ({ clients: [one] }: Setting<Stores>): string | null =>
  identifyOf(one) === undefined && accountOf(one) === undefined ? 'these stores offer no joined reads' : null;

const law = 'joined';
const method = 'identify, account';

const drafts: readonly JoinedDraft[] = [
  {
    law,
    method,
    title: 'name the very objects of this set',
    harm: 'The core would not use it and read three times, or it belongs to another database',
    whyNot: needsAny,
    run: async ({ clients }) => {
      for (const { users, durable, ephemeral } of clients) {
        const [whole, half] = [ephemeral.joined, durable.joined];
        must(
          whole?.identify === undefined || whole.users === users,
          'ephemeral.joined.users is not the `users` of the set',
        );
        must(
          whole?.identify === undefined || whole.durable === durable,
          'ephemeral.joined.durable is not the `durable` of the set',
        );
        must(half?.account === undefined || half.users === users, 'durable.joined.users is not the `users` of the set');
      }
    },
  },
  {
    law,
    method,
    title: 'say what the separate reads say, whatever is missing',
    harm: 'A request would be signed in, or not, depending on which read the core uses',
    whyNot: needsAny,
    run: async ({ clients }) => {
      const [one, two] = clients;
      const { user, ids, see } = await subjectsOf(clients);
      await see('with a session, a credential and a user');
      await credentials(two).delete(user.id);
      await see('without a credential');
      await credentials(one).create(credential(user.id));
      await two.users.delete(user.id);
      await see('without a user');
      await credentials(two).delete(user.id);
      await see('without a credential and a user');
      for (const id of ids) await sessions(one).delete(id);
      await see('without a session');
    },
  },
  {
    law,
    method,
    title: 'see every write as soon as it returned, whoever made it',
    harm: 'A session would live on after "sign out everywhere"',
    whyNot: needsAny,
    run: async ({ clients, rounds }) => {
      const { user, mine, see } = await subjectsOf(clients);
      for (let version = 1; version <= 2 * rounds; version += 1) {
        const writer = clients[version % 2 === 0 ? 0 : 1];
        const next = { version: version + 1 };
        const raised = { ...credential(user.id), ...next, epoch: version + 1 };
        mustEqual(await credentials(writer).replace(raised, version), true, 'a replace of the credential');
        await see(`after replace ${version} of the credential`);
        const renamed = { ...user, ...next, profile: { version } };
        mustEqual(await writer.users.replace(renamed, version), 'replaced', 'a replace of the user');
        await see(`after replace ${version} of the user`);
        const touched = { ...session(mine, user.id), ...next, lastSeenAt: version };
        mustEqual(await sessions(writer).replace(touched, version), true, 'a replace of the session');
        await see(`after replace ${version} of the session`);
      }
      const other = await subjectsOf(clients);
      const last = 2 * rounds + 1;
      await sessions(clients[1]).replace({ ...session(mine, other.user.id), version: last + 1 }, last);
      await see('after the session was given to another user');
      await other.see('of another user');
    },
  },
  {
    law: 'A8',
    method,
    title: 'with a backend that cannot be reached they reject with StoreUnavailableError, and in time',
    harm: 'An outage would look like "signed out"',
    whyNot: (setting) => {
      if (setting.unreachable === null) return 'the option `unreachable` was not given';
      return needsAny({ ...setting, clients: [setting.unreachable, setting.unreachable] });
    },
    run: async ({ unreachable, outageMs }) => {
      const stores = given(unreachable);
      const [identify, account] = [identifyOf(stores), accountOf(stores)];
      await mustAllBeUnavailable(outageMs, {
        ...(identify === undefined ? {} : { identify: () => identify(freshWord()) }),
        ...(account === undefined ? {} : { account: () => account(freshWord()) }),
      });
    },
  },
];

export const joinedReads: Contract<Stores, Setting<Stores>> = {
  name: 'joinedReadsContract',
  drafts,
  begin: (setting) => setting,
};

/** A user with a session; beside it a session of nobody, and one of a user who was deleted. */
const subjectsOf = async ([one, two]: Pair<Stores>): Promise<Subjects> => {
  const word = freshWord();
  const user = await registered(one.users, `${word}@contract.example`, { profile: { name: 'Ann\0' } });
  const gone = await registered(one.users, `${word}-gone@contract.example`);
  await one.users.delete(gone.id);
  const owners = [user.id, null, gone.id];
  const link = `${word}-link`;
  const ids = [...owners.map((_, n) => `${word}-${n}`), link];
  await credentials(one).create(credential(user.id));
  for (const [n, owner] of owners.entries()) await sessions(one).create(session(`${word}-${n}`, owner));
  // Of other kinds: a link that is no session, and an account that is no credential though it has the user's id.
  await one.ephemeral.open<SessionRecord>('one_time').create(session(link, user.id));
  await one.durable.open<CredentialRecord>('account').create({ ...credential(user.id), epoch: 7 });
  return {
    user,
    ids,
    mine: `${word}-0`,
    see: async (when) => {
      // The separate reads of the other client: a cache that both of one client's ways share would agree with itself.
      for (const [stores, other] of [
        [one, two],
        [two, one],
      ] as const) {
        const [identify, account] = [identifyOf(stores), accountOf(stores)];
        for (const id of identify === undefined ? [] : [...ids, `${word}-never`]) {
          mustEqual(await identify?.(id), await identifyApart(other, id), `identify ${when}`);
        }
        if (account !== undefined)
          mustEqual(await account(user.id), await accountApart(other, user.id), `account ${when}`);
      }
    },
  };
};

const credentials = ({ durable }: Stores): OwnedRecordStore<CredentialRecord> => durable.open('credential');
const sessions = ({ ephemeral }: Stores): OwnedRecordStore<SessionRecord> => ephemeral.open('session');

const accountApart = async (stores: Stores, userId: string): Promise<Found> => ({
  credential: await credentials(stores).get(userId),
  user: await stores.users.get(userId),
});

const identifyApart = async (
  stores: Stores,
  id: string,
): Promise<(Found & { readonly session: SessionRecord }) | null> => {
  const session = await sessions(stores).get(id);
  if (session === null) return null;
  const { userId } = session;
  return { session, ...(userId === null ? { credential: null, user: null } : await accountApart(stores, userId)) };
};

const credential = (userId: string): CredentialRecord => ({
  ...{ id: userId, userId, version: 1, expiresAt: null, epoch: 1, password: '$argon2id$\0', passwordChangedAt: 1 },
  ...{ accounts: ['a'], factors: [], disabledAt: null },
});

const session = (id: string, userId: string | null): SessionRecord => ({
  ...{ id, userId, version: 1, expiresAt: farAway, epoch: 1, createdAt: 1, lastSeenAt: 1, authenticatedAt: 1 },
  ...{
    absoluteExpiresAt: farAway,
    aal: 1,
    amr: ['pwd'],
    client: { ip: '::1', agent: null },
    data: { a: [{ b: '\u2028' }] },
  },
});
