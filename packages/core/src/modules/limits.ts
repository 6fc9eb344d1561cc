import { type Refusal, refuse, StoreUnavailableError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Caller, Journal } from '../ports/journal.ts';
import type { KeyRing } from '../ports/keyring.ts';
import type { RateLimitStore } from '../ports/rate-limits.ts';
import { base64url } from '../primitives/bytes.ts';
import { mac } from '../primitives/digest.ts';
import { takeOf, waitAfterRefusal } from '../primitives/gcra.ts';
import type { Policies, PolicyName } from '../primitives/policies.ts';

export interface Limits {
  /** One take; `null` = allowed. A subject that is `null` (address unknown) is not limited: nobody shares a bucket with strangers. */
  take(caller: Caller, policy: PolicyName, subject: string | null): Promise<Refusal | null>;
  /**
   * The takes of everything that checks a password of a login: one after another, stopping at the first refusal, so that
   * refused tries drain nobody's bucket. A device that has signed in to this account before has one bucket of its own
   * instead of all those that strangers can empty.
   */
  takeLogin(caller: Caller, loginKey: string): Promise<Refusal | null>;
  /** After a success of the owner. Gives back nothing of another login, and nothing that belongs to the address alone. */
  forgiveLogin(caller: Caller, loginKey: string): Promise<void>;
  /** Gives back all of one bucket. */
  forgive(policy: PolicyName, subject: string): Promise<void>;
}

interface Needs {
  readonly store: RateLimitStore;
  readonly clock: Clock;
  readonly keys: KeyRing;
  readonly journal: Journal;
  readonly policies: Policies;
  /** Whether the caller's device has signed in to this login before. */
  readonly knowsDevice: (caller: Caller, loginKey: string) => boolean;
}

export const limits = ({ store, clock, keys, journal, policies, knowsDevice }: Needs): Limits => {
  /** The store sees neither logins nor addresses. */
  const keyOf = (policy: PolicyName, subject: string): string => {
    const key = keys.derive(keys.activeKid, 'rate-key');
    if (key === null) throw new Error('the active key is missing');
    return base64url(mac(key, policy, subject));
  };
  const take: Limits['take'] = async (caller, name, subject) => {
    if (subject === null) return null;
    const policy = policies[name];
    const step = takeOf(policy, clock.now());
    try {
      const { allowed, tat } = await store.take(keyOf(name, subject), step);
      if (allowed) return null;
      journal.note(caller, 'rate.denied', { code: 'rate_limited', data: { policy: name } });
      return refuse('rate_limited', { retryAfterMs: waitAfterRefusal(tat, step) });
    } catch (error) {
      if (policy.onStoreError === 'deny' || !(error instanceof StoreUnavailableError)) throw error;
      journal.note(caller, 'store.failed', { code: 'store_unavailable', data: { policy: name, outcome: 'allowed' } });
      return null;
    }
  };
  return {
    take,
    takeLogin: async (caller, loginKey) => {
      const byAddress = await take(caller, 'login_ip', caller.address);
      if (byAddress !== null) return byAddress;
      // A device's bucket that is empty makes it a stranger, and no less than that.
      if (knowsDevice(caller, loginKey) && (await take(caller, 'login_device', loginKey)) === null) return null;
      return (
        (await take(caller, 'login_pair', pairOf(caller, loginKey))) ??
        (await take(caller, 'login_login', loginKey)) ??
        (await take(caller, 'login_account', loginKey))
      );
    },
    forgiveLogin: async (caller, loginKey) => {
      const pair = pairOf(caller, loginKey);
      if (pair !== null) await store.reset(keyOf('login_pair', pair));
      await store.reset(keyOf('login_account', loginKey));
    },
    forgive: (policy, subject) => store.reset(keyOf(policy, subject)),
  };
};

const pairOf = (caller: Caller, loginKey: string): string | null =>
  caller.address === null ? null : `${caller.address} ${loginKey}`;
