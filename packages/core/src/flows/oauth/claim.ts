import { type Refusal, refuse } from '../../errors.ts';
import type { Belongings } from '../../modules/belongings.ts';
import type { Chores } from '../../modules/chores.ts';
import type { Credentials } from '../../modules/credentials.ts';
import type { LinkedAccounts } from '../../modules/linked-accounts.ts';
import type { Identity } from '../../modules/oauth-client/identity.ts';
import type { Sessions } from '../../modules/sessions.ts';
import type { Account, Subjects } from '../../modules/subjects.ts';
import type { Users } from '../../modules/users.ts';
import type { CredentialRecord, OAuthAccount } from '../../ports/domain.ts';
import type { Caller, Journal } from '../../ports/journal.ts';
import type { JsonObject } from '../../ports/json.ts';
import type { UserRecord } from '../../ports/users.ts';
import { accountOf } from './account-of.ts';
import { holderOf } from './holder-of.ts';
import { type TellNeeds, tellLinked } from './tell-linked.ts';

type Checked = { readonly ok: true; readonly value: JsonObject } | Refusal;

export interface ClaimNeeds extends TellNeeds {
  readonly users: Users;
  readonly subjects: Subjects;
  readonly credentials: Credentials;
  readonly accounts: LinkedAccounts;
  readonly belongings: Belongings;
  readonly sessions: Sessions;
  readonly chores: Chores;
  readonly journal: Journal;
  readonly registration: 'verified' | 'open' | 'closed';
  /** What the provider's claims make of a profile, judged by the application's schema. */
  readonly profileOf: (identity: Identity) => Promise<Checked>;
  /** The application's own say; a word back refuses. */
  readonly beforeRegister: (caller: Caller, loginKey: string, profile: JsonObject) => Promise<string | null>;
  /** A verified address of a provider that runs the mailbox may be linked to the user who has confirmed the same. */
  readonly linkVerifiedEmail: boolean;
}

/** How the identity came to be named. */
type By = 'known' | 'new' | 'owner' | 'address';

export type Claimed = Account & { readonly ok: true; readonly isNew: boolean };

const tries = 3;

/** Whose identity it is, or becomes. A lost write reads again and repeats every check. */
export const claim = async (needs: ClaimNeeds, caller: Caller, identity: Identity): Promise<Claimed | Refusal> => {
  const id = needs.accounts.idOf(identity.issuer, identity.subject);
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const { holder: known, leftover } = await holderOf(needs, id);
    const named = known === null ? await name(needs, caller, { id, identity }) : { ...known, by: 'known' as const };
    if (named === null) continue;
    if ('ok' in named) return named;
    if (known === null && !(await record(needs, named.user, { id, identity, leftover }))) continue;
    const user = await settle(needs, caller, { user: named.user, identity });
    if (user === null) continue;
    const { by, credential } = named;
    if (by !== 'known')
      needs.journal.note(caller, 'oauth.linked', {
        userId: user.id,
        data: { provider: identity.provider, by: 'login' },
      });
    if (by === 'address') needs.chores.run(caller, () => tellLinked(needs, caller, user));
    return { ok: true, user, credential, isNew: by === 'new' };
  }
  return refuse('conflict');
};

interface Wanted {
  readonly id: string;
  readonly identity: Identity;
}

type Named = Account & { readonly by: By };

/**
 * The write that decides: a credential record that names the identity. `null` = somebody wrote in between. An address
 * counts only where the provider proves it; any other identity has a login that no address can be.
 */
const name = async (needs: ClaimNeeds, caller: Caller, wanted: Wanted): Promise<Named | Refusal | null> => {
  const { users, credentials } = needs;
  const { id, identity } = wanted;
  const loginKey = identity.proven && identity.email !== null ? identity.email.loginKey : `acct:${id}`;
  const user = await users.find(loginKey);
  if (user === null) return create(needs, caller, { ...wanted, loginKey });
  const credential = await credentials.get(user.id);
  if (credential === null) return claimLeft(needs, caller, { ...wanted, user });
  if (credential.disabledAt !== null) return refuse('account_disabled');
  const isOurs = user.emailVerifiedAt !== null || credential.password === null;
  if (credential.accounts.includes(id) && isOurs) return { user, credential, by: 'owner' };
  if (!identity.proven) return refuse('account_exists');
  if (user.emailVerifiedAt === null) return evict(needs, caller, { id, user, credential });
  return needs.linkVerifiedEmail ? linkTo(needs, wanted, { user, credential }) : refuse('account_exists');
};

const create = async (
  needs: ClaimNeeds,
  caller: Caller,
  { id, identity, loginKey }: Wanted & { readonly loginKey: string },
): Promise<Named | Refusal | null> => {
  const { users, credentials, journal, clock } = needs;
  const profile = await admitted(needs, caller, { identity, loginKey });
  if (!profile.ok) return profile;
  const proved = identity.proven && identity.email !== null ? identity.email.email : null;
  const login = { loginKey, email: proved, emailVerifiedAt: proved === null ? null : clock.now() };
  const user = await users.create(login, profile.value);
  if (user === null) return null;
  journal.note(caller, 'register.requested');
  const credential = await credentials.create(user.id, null, [id]);
  return credential === null ? null : { user, credential, by: 'new' };
};

/** A user without a credential record is what a crash left behind, and belongs to whoever creates one. */
const claimLeft = async (
  needs: ClaimNeeds,
  caller: Caller,
  { id, identity, user }: Wanted & { readonly user: UserRecord },
): Promise<Named | Refusal | null> => {
  const profile = await admitted(needs, caller, { identity, loginKey: user.loginKey });
  if (!profile.ok) return profile;
  const credential = await needs.credentials.create(user.id, null, [id]);
  return credential === null ? null : { user, credential, by: 'new' };
};

const admitted = async (
  { registration, profileOf, beforeRegister }: ClaimNeeds,
  caller: Caller,
  { identity, loginKey }: { readonly identity: Identity; readonly loginKey: string },
): Promise<Checked> => {
  if (registration === 'closed') return refuse('registration_closed');
  const profile = await profileOf(identity);
  if (!profile.ok) return profile;
  const word = await beforeRegister(caller, loginKey, profile.value);
  return word === null ? profile : refuse('registration_closed', { detail: word });
};

interface Held extends Account {
  readonly id: string;
}

/**
 * Whoever registered an address without ever confirming it may not be its owner, who stands here now: in one write the
 * password, the factors and every other account go, and every session dies (pre-hijacking; Sudhodanan and Paverd 2022).
 */
const evict = async (needs: ClaimNeeds, caller: Caller, { id, user, credential }: Held): Promise<Named | null> => {
  const { credentials, belongings, sessions, chores, clock } = needs;
  const nothing = { password: null, passwordChangedAt: clock.now(), factors: [] };
  const left = await credentials.replace(credential, { ...nothing, accounts: [id], epoch: credential.epoch + 1 });
  if (left === null) return null;
  const dropped = { factors: credential.factors, accounts: credential.accounts.filter((other) => other !== id) };
  chores.run(caller, () => belongings.remove(dropped));
  chores.run(caller, () => sessions.sweepUser(user.id, left.epoch));
  return { user, credential: left, by: 'owner' };
};

/** Not where the user has an account there already: the same address with another subject is somebody else's by now. */
const linkTo = async (
  { credentials, accounts }: ClaimNeeds,
  { id, identity }: Wanted,
  { user, credential }: Account,
): Promise<Named | Refusal | null> => {
  const others = await accounts.of(credential);
  if (others.some(({ issuer }) => issuer === identity.issuer)) return refuse('account_exists');
  const linked: CredentialRecord | null = await credentials.replace(credential, {
    accounts: [...credential.accounts, id],
  });
  return linked === null ? null : { user, credential: linked, by: 'address' };
};

/** `false` = the identity is somebody else's by now. */
const record = async (
  { accounts, clock }: ClaimNeeds,
  user: UserRecord,
  { id, identity, leftover }: Wanted & { readonly leftover: OAuthAccount | null },
): Promise<boolean> => {
  const account = accountOf({ id, userId: user.id, identity, linkedAt: clock.now() });
  if (await accounts.give(account, leftover)) return true;
  return (await accounts.get(id))?.userId === user.id;
};

interface Found {
  readonly user: UserRecord;
  readonly identity: Identity;
}

/** The owner of the mailbox stands here: the address is confirmed, and what a stranger wrote into the profile goes. */
const settle = async (
  { users, journal, profileOf, clock }: ClaimNeeds,
  caller: Caller,
  { user, identity }: Found,
): Promise<UserRecord | null> => {
  const { email, proven } = identity;
  if (user.emailVerifiedAt !== null || email === null || !proven || user.loginKey !== email.loginKey) return user;
  const profile = await profileOf(identity);
  const cleared = profile.ok ? { profile: profile.value } : {};
  const changes = { email: email.email, emailVerifiedAt: clock.now(), ...cleared };
  if ((await users.replace(user, changes)) !== 'replaced') return null;
  const data = { by: 'provider', profile: profile.ok ? 'cleared' : 'kept' };
  journal.note(caller, 'email.verified', { userId: user.id, data });
  return { ...user, ...changes, version: user.version + 1 };
};
