import { type Refusal, refuse } from '../errors.ts';
import type { Chores } from '../modules/chores.ts';
import type { Credentials } from '../modules/credentials.ts';
import type { Entrance, Gate, Opened } from '../modules/gate.ts';
import type { Limits } from '../modules/limits.ts';
import type { Passwords } from '../modules/passwords.ts';
import type { Users } from '../modules/users.ts';
import type { CredentialRecord } from '../ports/domain.ts';
import type { Caller, Journal } from '../ports/journal.ts';
import type { UserRecord } from '../ports/users.ts';

export interface LoginInput {
  readonly loginKey: string;
  readonly password: string;
  readonly entrance: Entrance;
}

/** Whom the gate let in, or halfway in. */
export type Entered = Opened & { readonly user: UserRecord };

interface Needs {
  readonly limits: Limits;
  readonly users: Users;
  readonly credentials: Credentials;
  readonly passwords: Passwords;
  readonly gate: Gate;
  readonly chores: Chores;
  readonly journal: Journal;
}

export type LoginFlow = (caller: Caller, input: LoginInput) => Promise<Entered | Refusal>;

/** Known, unknown, unverified, disabled and passwordless accounts cost the same work until the password was right. */
export const login =
  ({ limits, users, credentials, passwords, gate, chores, journal }: Needs): LoginFlow =>
  async (caller, { loginKey, password, entrance }) => {
    const limited = await limits.takeLogin(caller, loginKey);
    if (limited !== null) return limited;

    const user = await users.find(loginKey);
    const credential = await credentials.get(user?.id ?? noSuchUser);
    const right = await passwords.check(password, credential?.password ?? null);
    if (!right || user === null || credential === null) {
      journal.note(caller, 'login.failed', { userId: user?.id ?? null, code: 'invalid_credentials' });
      return refuse('invalid_credentials');
    }
    const opened = await gate.open(caller, { user, credential, aal: 1, amr: ['pwd'] }, entrance);
    if (!opened.ok) {
      journal.note(caller, 'login.failed', { userId: user.id, code: opened.reason });
      return opened;
    }
    const event = opened.status === 'signed_in' ? 'login.succeeded' : 'login.challenged';
    journal.note(caller, event, { userId: user.id, data: { amr: ['pwd'] } });
    // Halfway in is no success of the owner's: who knows the password alone gets no tries back by it.
    if (opened.status === 'signed_in') chores.run(caller, () => limits.forgiveLogin(caller, loginKey));
    chores.run(caller, () => rehash(passwords, credentials, credential, password));
    return { ...opened, user };
  };

/** An id that no user has: the look-up of an unknown login costs what that of a known one does. */
const noSuchUser = 'usr_none';

/** Compare-and-set on the record that was checked: a password that changed meanwhile stays. */
const rehash = async (
  passwords: Passwords,
  credentials: Credentials,
  credential: CredentialRecord,
  password: string,
) => {
  if (credential.password === null || !passwords.isOutdated(credential.password)) return;
  await credentials.replace(credential, { password: await passwords.hash(password) });
};
