import type { CredentialRecord, JoinedReads, SessionRecord, UserRecord } from '@sallyport/core/ports';
import type { Database } from './database.ts';

const session = `select session.body as session, credential.body as credential, owner.body as owner
from auth_records as session
left join auth_records as credential on credential.kind = 'credential' and credential.id = session.user_id
left join auth_users as owner on owner.id = session.user_id
where session.kind = 'session' and session.id = ?1`;
const account = `select (select body from auth_records where kind = 'credential' and id = ?1) as credential,
(select body from auth_users where id = ?1) as owner`;

/** What an authenticated request needs, in one statement and so of one moment. */
export const joinedOf = ({ ask }: Database): Required<Pick<JoinedReads, 'identify' | 'account'>> => ({
  identify: async (sessionId) => {
    const [row] = await ask('session.identify', session, sessionId);
    const found = parsed<SessionRecord>(row?.['session']);
    if (found === null) return null;
    return { session: found, credential: parsed(row?.['credential']), user: parsed(row?.['owner']) };
  },
  account: async (userId) => {
    const [row] = await ask('users.account', account, userId);
    return { credential: parsed<CredentialRecord>(row?.['credential']), user: parsed<UserRecord>(row?.['owner']) };
  },
});

/** What was written under a name was written as that type. */
const parsed = <T>(body: unknown): T | null => (typeof body === 'string' ? JSON.parse(body) : null);
