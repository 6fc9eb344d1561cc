import type { CredentialRecord, SessionRecord } from '@sallyport/core/ports';
import { type BrokenStores, withJoined } from './wrap.ts';

const slots = ['joined'] as const;

/** Joined reads, each with one bug. */
export const brokenJoined: readonly BrokenStores[] = [
  {
    name: 'a session without a credential or a user is no session',
    laws: ['joined'],
    slots,
    modelledOn: 'JOIN where LEFT JOIN is due',
    of: withJoined(({ identify }) => ({
      identify: async (id) => {
        const found = await identify(id);
        return found?.credential == null || found.user === null ? null : found;
      },
    })),
  },
  {
    name: 'the credential of a joined read is an old one',
    laws: ['joined'],
    slots,
    modelledOn: 'a join on a replica, or a cache by session id: "sign out everywhere" comes late',
    of: withJoined(({ identify, account }) => {
      const seen = new Map<string, Awaited<ReturnType<typeof account>>>();
      const oldest = async (userId: string) => {
        const found = seen.get(userId) ?? (await account(userId));
        if (found.credential !== null) seen.set(userId, found);
        return found;
      };
      return {
        account: oldest,
        identify: async (id) => {
          const found = await identify(id);
          return found === null || found.session.userId === null
            ? found
            : { ...found, credential: (await oldest(found.session.userId)).credential };
        },
      };
    }),
  },
  {
    name: 'a joined read gives the credential by another key',
    laws: ['joined'],
    slots,
    modelledOn: 'a join on the id of the session instead of its owner',
    of: withJoined(({ identify, account }) => ({
      account: async (userId) => ({ ...(await account(userId)), credential: null }),
      identify: async (id) => {
        const found = await identify(id);
        return found === null ? null : { ...found, ...(await account(id)) };
      },
    })),
  },
  {
    name: 'a joined read finds a link as a session',
    laws: ['joined'],
    slots,
    modelledOn: 'a statement that forgets the kind of the record it begins with',
    of: withJoined(({ identify, account }, { ephemeral }) => ({
      identify: async (id) => {
        const found = await identify(id);
        const link = found === null ? await ephemeral.open<SessionRecord>('one_time').get(id) : null;
        return link === null ? found : { session: link, ...(await account(link.userId ?? '')) };
      },
    })),
  },
  {
    name: 'a joined read finds an account as the credential',
    laws: ['joined'],
    slots,
    modelledOn: 'a join on the id alone',
    of: withJoined(({ account }, { durable }) => ({
      account: async (userId) => ({
        ...(await account(userId)),
        credential: await durable.open<CredentialRecord>('account').get(userId),
      }),
    })),
  },
  {
    name: 'joined names users of another set',
    laws: ['joined'],
    slots,
    modelledOn: 'joined reads left behind by a spread',
    of: withJoined((_, { users }) => ({ users: { ...users } })),
  },
];
