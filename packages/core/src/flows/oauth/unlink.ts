import { type Refusal, refuse } from '../../errors.ts';
import type { Chores } from '../../modules/chores.ts';
import type { Credentials } from '../../modules/credentials.ts';
import type { Gate, Minted } from '../../modules/gate.ts';
import type { LinkedAccounts } from '../../modules/linked-accounts.ts';
import type { Sessions } from '../../modules/sessions.ts';
import type { Subject } from '../../modules/subjects.ts';
import type { CredentialRecord, OAuthAccount } from '../../ports/domain.ts';
import type { Caller, Journal } from '../../ports/journal.ts';
import type { RevokeGrantFlow } from './revoke-grant.ts';

interface Needs {
  readonly accounts: LinkedAccounts;
  readonly credentials: Credentials;
  readonly sessions: Sessions;
  readonly gate: Gate;
  readonly chores: Chores;
  readonly journal: Journal;
  readonly features: readonly string[];
  /** Whether somebody can sign in with it: its provider is still configured. */
  readonly isUsable: (account: OAuthAccount) => boolean;
  readonly revokeGrant: RevokeGrantFlow;
}

export type Unlinked = {
  readonly ok: true;
  /** The caller's session under the new epoch; `null` = it ended meanwhile, or nothing was there to unlink. */
  readonly renewed: Minted | null;
  readonly changed: boolean;
};
export type UnlinkFlow = (caller: Caller, subject: Subject, id: string) => Promise<Unlinked | Refusal>;

/** The credential stops naming it in the write that ends every session; the record goes after that, and by then counts for nothing. */
export const unlink =
  (needs: Needs): UnlinkFlow =>
  async (caller, { user, credential, session }, id) => {
    const { accounts, credentials, sessions, gate, chores, journal, features, isUsable, revokeGrant } = needs;
    const usable = (await accounts.of(credential)).filter(isUsable).map((account) => account.id);
    const isLast = (record: CredentialRecord): boolean =>
      (record.password === null || !features.includes('password')) &&
      !record.accounts.some((other) => other !== id && usable.includes(other));
    /** Unless it has been taken over meanwhile. */
    const clear = async (): Promise<void> => {
      const left = await accounts.get(id);
      if (left?.userId !== user.id) return;
      await accounts.remove(id);
      if (left.tokens !== null) chores.run(caller, () => revokeGrant(caller, left));
    };
    let refusal: Refusal | null = null;
    const outcome = await credentials.update(user.id, (record) => {
      const isNamed = record.accounts.includes(id);
      refusal = null;
      if (!sessions.isLive(session, record)) refusal = refuse('unauthenticated');
      else if (isNamed && isLast(record)) refusal = refuse('last_login_method');
      if (refusal !== null || !isNamed) return null;
      return { accounts: record.accounts.filter((other) => other !== id), epoch: record.epoch + 1 };
    });
    if (outcome === 'conflict') return refuse('conflict');
    if (refusal !== null) return refusal;
    if (typeof outcome !== 'object') {
      // What an unlink that broke off has left behind.
      if (!credential.accounts.includes(id)) await clear();
      return { ok: true, renewed: null, changed: false };
    }
    journal.note(caller, 'oauth.unlinked', { userId: user.id });
    const { aal, amr, authenticatedAt: provedAt } = session;
    const renewed = await gate.renew(caller, session, { user, credential: outcome, aal, amr, provedAt });
    await clear();
    chores.run(caller, () => sessions.sweepUser(user.id, outcome.epoch));
    return { ok: true, renewed, changed: true };
  };
