import { type Refusal, refuse } from '../errors.ts';
import type { Chores } from '../modules/chores.ts';
import type { Credentials } from '../modules/credentials.ts';
import type { Entrance, Gate, Opened } from '../modules/gate.ts';
import type { Limits } from '../modules/limits.ts';
import type { Notices } from '../modules/notices.ts';
import type { OneTimeTokens } from '../modules/one-time-tokens.ts';
import type { Passwords } from '../modules/passwords.ts';
import type { Users } from '../modules/users.ts';
import type { Clock } from '../ports/clock.ts';
import type { CredentialRecord } from '../ports/domain.ts';
import type { Caller, Journal } from '../ports/journal.ts';
import type { JsonObject } from '../ports/json.ts';
import type { UserRecord } from '../ports/users.ts';
import type { Address } from '../primitives/address.ts';
import { digest } from '../primitives/digest.ts';

export interface RegisterInput {
  readonly address: Address;
  readonly password: string;
  readonly profile: JsonObject;
  /** The value that binds the confirmation to this browser. */
  readonly flow: string;
  readonly entrance: Entrance;
}

export type Registered = { readonly ok: true; readonly signedIn: (Opened & { readonly user: UserRecord }) | null };

export interface RegisterNeeds {
  readonly registration: 'verified' | 'open' | 'closed';
  readonly limits: Limits;
  readonly users: Users;
  readonly credentials: Credentials;
  readonly passwords: Passwords;
  readonly tokens: OneTimeTokens;
  readonly notices: Notices;
  readonly gate: Gate;
  readonly chores: Chores;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly verifyLink: (token: string) => string;
  readonly verifyMs: number;
  /** The application's own say; a word back refuses. */
  readonly beforeRegister: (caller: Caller, input: RegisterInput) => Promise<string | null>;
}

export type RegisterFlow = (caller: Caller, input: RegisterInput) => Promise<Registered | Refusal>;

/**
 * Up to the answer the work is the same for every address: takes, rules, one hash, one look-up. In mode `verified` all
 * that depends on the look-up runs in the background.
 */
export const register =
  (needs: RegisterNeeds): RegisterFlow =>
  async (caller, input) => {
    const { registration, limits, users, passwords, chores, journal } = needs;
    const { loginKey } = input.address;
    if (registration === 'closed') return refuse('registration_closed');
    chores.admit();
    const refusal =
      (await passwords.weakness(input.password, loginKey)) ??
      (await limits.take(caller, 'register_ip', caller.address)) ??
      (await hookRefusal(needs, caller, input)) ??
      (await passwords.exposure(caller, input.password));
    if (refusal !== null) return refusal;
    const mayMail = (await limits.take(caller, 'mail_login', `register ${loginKey}`)) === null;
    const hash = await passwords.hash(input.password);
    const known = await users.find(loginKey);
    journal.note(caller, 'register.requested');

    if (registration === 'open') return openRegistration(needs, caller, input, { hash, known });
    chores.run(caller, async () => {
      const made = await claim(needs, input, hash, known);
      // An address is claimed once: of many tries at a time the one that made it must not be the one that may not mail.
      if (made !== null) await mailConfirmation(needs, caller, made, input.flow);
      else if (mayMail) await tellOwner(needs, caller, known ?? (await users.find(loginKey)));
    });
    return { ok: true, signedIn: null };
  };

const hookRefusal = async ({ beforeRegister }: RegisterNeeds, caller: Caller, input: RegisterInput) => {
  const word = await beforeRegister(caller, input);
  return word === null ? null : refuse('registration_closed', { detail: word });
};

interface Claimed {
  readonly user: UserRecord;
  readonly credential: CredentialRecord;
}

interface Prepared {
  readonly hash: string;
  readonly known: UserRecord | null;
}

const openRegistration = async (needs: RegisterNeeds, caller: Caller, input: RegisterInput, prepared: Prepared) => {
  const { gate, chores } = needs;
  const claimed = await claim(needs, input, prepared.hash, prepared.known);
  if (claimed === null) return refuse('login_taken');
  const { user, credential } = claimed;
  const opened = await gate.open(caller, { user, credential, aal: 1, amr: ['pwd'] }, input.entrance);
  if (!opened.ok) return opened;
  chores.run(caller, () => mailConfirmation(needs, caller, claimed, input.flow));
  return { ok: true, signedIn: { ...opened, user } } as const;
};

/**
 * Makes the address this registration's own, or answers `null` when it is somebody's. The write that decides is the
 * creation of the credential record: a user without one, and without a confirmed address, is what a crash left behind, and
 * belongs to whoever creates it.
 */
const claim = async (
  { users, credentials }: RegisterNeeds,
  { address, profile }: RegisterInput,
  hash: string,
  known: UserRecord | null,
): Promise<Claimed | null> => {
  const created = known === null ? await users.create(address, profile) : null;
  const user = created ?? known ?? (await users.find(address.loginKey));
  if (user === null || user.emailVerifiedAt !== null) return null;
  const credential = await credentials.create(user.id, hash);
  if (credential === null) return null;
  if (created !== null) return { user: created, credential };
  const mine = { email: address.email, profile };
  await users.update(user.id, (current) => (current.emailVerifiedAt === null ? mine : null));
  return { user: { ...user, ...mine }, credential };
};

/** Not a word to who asked; the owner learns that somebody tried, and where to sign in. */
const tellOwner = async (
  { notices, clock }: RegisterNeeds,
  caller: Caller,
  owner: UserRecord | null,
): Promise<void> => {
  if (owner === null || owner.email === null) return;
  const { id: userId, email: to } = owner;
  await notices.send(caller, {
    type: 'register_attempt',
    to,
    userId,
    locale: null,
    at: clock.now(),
    client: caller.client,
  });
};

/** The token carries the digest of this browser's flow value: a click elsewhere cannot complete a stranger's registration. */
const mailConfirmation = async (
  needs: RegisterNeeds,
  caller: Caller,
  claimed: Claimed,
  flow: string,
): Promise<void> => {
  const { user, credential } = claimed;
  if (user.email === null) return;
  const { token, expiresAt } = await needs.tokens.mint({
    purpose: 'verify_email',
    userId: user.id,
    epoch: credential.epoch,
    data: { loginKey: user.loginKey, flow: digest('flow:verify_email', flow) },
    lifetimeMs: needs.verifyMs,
  });
  const url = needs.verifyLink(token);
  await needs.notices.send(caller, {
    type: 'verify_email',
    to: user.email,
    userId: user.id,
    locale: null,
    url,
    expiresAt,
  });
};
