import type { Refusal } from '../../errors.ts';
import type { Chores } from '../../modules/chores.ts';
import type { Entrance, Gate, Opened } from '../../modules/gate.ts';
import type { Identity } from '../../modules/oauth-client/identity.ts';
import type { Account } from '../../modules/subjects.ts';
import type { Caller, Journal } from '../../ports/journal.ts';
import type { UserRecord } from '../../ports/users.ts';
import type { Address } from '../../primitives/address.ts';
import { type ClaimNeeds, claim } from './claim.ts';

export interface SignInInput {
  readonly identity: Identity;
  readonly entrance: Entrance;
}

interface Needs extends ClaimNeeds {
  readonly gate: Gate;
  readonly chores: Chores;
  readonly journal: Journal;
  /** Mails a link that confirms an address which the provider only told; `null` = there is no page that takes it. */
  readonly askAddress: ((caller: Caller, account: Account, address: Address) => Promise<unknown>) | null;
}

export type SignInFlow = (
  caller: Caller,
  input: SignInInput,
) => Promise<(Opened & { readonly user: UserRecord }) | Refusal>;

/** The identity's user, who may be new; then the gate, as for any other method. */
export const signIn =
  (needs: Needs): SignInFlow =>
  async (caller, { identity, entrance }) => {
    const { gate, chores, journal, askAddress } = needs;
    const claimed = await claim(needs, caller, identity);
    if (!claimed.ok) return claimed;
    const { user, credential, isNew } = claimed;
    const { email } = identity;
    if (isNew && email !== null && user.email === null && askAddress !== null)
      chores.run(caller, () => askAddress(caller, { user, credential }, email));
    const amr = identity.strong ? (['fed', 'mfa'] as const) : (['fed'] as const);
    const opened = await gate.open(caller, { user, credential, aal: identity.strong ? 2 : 1, amr }, entrance);
    if (!opened.ok) {
      journal.note(caller, 'login.failed', { userId: user.id, code: opened.reason });
      return opened;
    }
    const event = opened.status === 'signed_in' ? 'login.succeeded' : 'login.challenged';
    journal.note(caller, event, { userId: user.id, data: { amr, provider: identity.provider } });
    return { ...opened, user };
  };
