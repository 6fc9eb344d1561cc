import type { CredentialRecord, JoinedReads, SessionRecord, UserRecord } from '@sallyport/core/ports';
import { bodyOf, type Database } from './database.ts';
import type { Row } from './run.ts';

/** What an authenticated request needs, in one statement and so in one snapshot. */
export const joinedOf = ({ table, ask }: Database): Required<Pick<JoinedReads, 'identify' | 'account'>> => {
  const [records, users] = [table('auth_records'), table('auth_users')];
  // Subselects: a join of small tables is planned as a hash of all that is in them.
  const identify = `select body as session,
(select body from ${records} where kind = 'credential' and id = session.user_id) as credential,
(select body from ${users} where id = session.user_id) as owner
from ${records} as session where kind = 'session' and id = $1`;
  const account = `select (select body from ${records} where kind = 'credential' and id = $1) as credential,
(select body from ${users} where id = $1) as owner`;

  const subjectOf = (rows: readonly Row[]) => ({
    credential: bodyOf<CredentialRecord>(rows, 'credential'),
    user: bodyOf<UserRecord>(rows, 'owner'),
  });
  return {
    identify: async (sessionId) => {
      const rows = await ask('session.identify', identify, [sessionId]);
      const session = bodyOf<SessionRecord>(rows, 'session');
      return session === null ? null : { session, ...subjectOf(rows) };
    },
    account: async (userId) => subjectOf(await ask('users.account', account, [userId])),
  };
};
