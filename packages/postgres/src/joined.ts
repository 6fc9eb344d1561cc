import type { CredentialRecord, JoinedReads, SessionRecord, UserRecord } from '@sallyport/core/ports';
import { type Database, parsed, textOf } from './database.ts';

/** What an authenticated request needs, in one statement and so in one snapshot. */
export const joinedOf = ({ table, ask }: Database): Required<Pick<JoinedReads, 'identify' | 'account'>> => {
  const [records, users] = [table('auth_records'), table('auth_users')];
  const identify = `select session.body as session, credential.body as credential, owner.body as owner
from ${records} as session
left join ${records} as credential on credential.kind = 'credential' and credential.id = session.user_id
left join ${users} as owner on owner.id = session.user_id
where session.kind = 'session' and session.id = $1`;
  const account = `select (select body from ${records} where kind = 'credential' and id = $1) as credential,
(select body from ${users} where id = $1) as owner`;

  return {
    identify: async (sessionId) => {
      const rows = await ask('session.identify', identify, [sessionId]);
      const session = parsed<SessionRecord>(textOf(rows, 'session'));
      if (session === null) return null;
      return {
        session,
        credential: parsed<CredentialRecord>(textOf(rows, 'credential')),
        user: parsed<UserRecord>(textOf(rows, 'owner')),
      };
    },
    account: async (userId) => {
      const rows = await ask('users.account', account, [userId]);
      return {
        credential: parsed<CredentialRecord>(textOf(rows, 'credential')),
        user: parsed<UserRecord>(textOf(rows, 'owner')),
      };
    },
  };
};
