import type { Families } from '../modules/families.ts';
import type { RefreshTokens } from '../modules/refresh-tokens.ts';
import type { Caller, Journal } from '../ports/journal.ts';

interface Needs {
  readonly families: Families;
  readonly tokens: RefreshTokens;
  readonly journal: Journal;
}

export type RevokeTokenFlow = (caller: Caller, token: string) => Promise<void>;

/** Ends the family of a refresh token, of whatever generation (RFC 7009 §2.1); what is unknown has ended already. */
export const revokeToken =
  ({ families, tokens, journal }: Needs): RevokeTokenFlow =>
  async (caller, token) => {
    const read = tokens.read(token);
    const family = read === null ? null : await families.get(read.familyId);
    if (family === null || !(await families.end(family.id))) return;
    journal.note(caller, 'session.revoked', { userId: family.userId, data: { by: 'revoke' } });
  };
