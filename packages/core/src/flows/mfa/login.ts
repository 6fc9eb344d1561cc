import { type Refusal, refuse } from '../../errors.ts';
import type { Gate, Opened } from '../../modules/gate.ts';
import type { OneTimeTokens } from '../../modules/one-time-tokens.ts';
import type { Account, Subjects } from '../../modules/subjects.ts';
import type { TrustedDevices } from '../../modules/trusted-devices.ts';
import type { OneTimeToken } from '../../ports/domain.ts';
import type { Caller } from '../../ports/journal.ts';
import type { Millis } from '../../ports/json.ts';
import type { UserRecord } from '../../ports/users.ts';
import { withSecond } from './amr.ts';
import { type Waiting, waitingIn } from './challenge.ts';
import { formFlaw, type ProveNeeds, prove, type Shown } from './prove.ts';

export interface LoginMfaInput {
  readonly challenge: string;
  readonly shown: Shown;
  /** Digest of the value that binds this browser. */
  readonly flow: string | null;
  readonly trust: boolean;
}

interface Needs extends ProveNeeds {
  readonly tokens: OneTimeTokens;
  readonly subjects: Subjects;
  readonly gate: Gate;
  readonly trusted: TrustedDevices | null;
}

export type EnteredTwice = Opened & {
  readonly user: UserRecord;
  readonly returnTo: string | null;
  /** Set where the browser is to be trusted from now on. */
  readonly trust: { readonly secret: string; readonly lifetimeMs: Millis } | null;
};

export type LoginMfaFlow = (caller: Caller, input: LoginMfaInput) => Promise<EnteredTwice | Refusal>;

/**
 * The second half of a sign-in. The code is used up before the challenge is: stopping between leaves a challenge that the next
 * code opens. Whoever spends the challenge has the session.
 */
export const loginMfa =
  (needs: Needs): LoginMfaFlow =>
  async (caller, { challenge, shown, flow, trust }) => {
    const { limits, tokens, gate, chores, journal, trusted } = needs;
    const flaw = formFlaw(shown);
    if (flaw !== null) return flaw;
    const link = await tokens.find('mfa_challenge', challenge);
    const found = link === null ? null : await waitingFor(needs, link);
    if (link === null || found === null) return refuse('challenge_expired');
    const { account, entrance, amr } = found;
    const { user, credential } = account;
    if (entrance.flow !== null && entrance.flow !== flow) return refuse('challenge_expired');
    // The token itself stays: deleting it here would take it from a right code that is under way.
    if ((await limits.take(caller, 'mfa_challenge', link.id)) !== null) return refuse('challenge_expired');
    const proved = await prove(needs, caller, { account, shown, phase: 'login' });
    if (!proved.ok) return proved;
    if (!(await tokens.consume(link))) return refuse('challenge_expired');

    const proof = { user, credential, ...withSecond(amr, shown.method) };
    const opened = await gate.open(caller, proof, entrance);
    if (!opened.ok) {
      journal.note(caller, 'login.failed', { userId: user.id, code: opened.reason, data: { phase: 'mfa' } });
      return opened;
    }
    journal.note(caller, 'login.succeeded', { userId: user.id, data: { amr: proof.amr } });
    chores.run(caller, () => limits.forgiveLogin(caller, user.loginKey));
    const isTrusted = trust && trusted !== null && proof.aal === 2;
    return {
      ...opened,
      user,
      returnTo: entrance.returnTo,
      trust: isTrusted ? await trusted.trust(credential) : null,
    };
  };

/** What waits behind a challenge, if it still does: under the epoch that it was made in. */
const waitingFor = async (
  { subjects }: Needs,
  link: OneTimeToken,
): Promise<(Waiting & { readonly account: Account }) | null> => {
  const waiting = waitingIn(link);
  const account = waiting === null ? null : await subjects.byUser(waiting.userId);
  if (waiting === null || account === null) return null;
  // Disabling raises the epoch, too.
  return account.credential.epoch === link.epoch ? { ...waiting, account } : null;
};
