import type { Clock } from '../ports/clock.ts';
import type { CredentialRecord, TrustedDevice } from '../ports/domain.ts';
import type { Millis } from '../ports/json.ts';
import type { Random } from '../ports/random.ts';
import type { RecordStore } from '../ports/records.ts';
import { digest } from '../primitives/digest.ts';
import { mintSecret } from '../primitives/secret.ts';

/** Browsers in which a user has asked not to be asked for the second factor again. */
export interface TrustedDevices {
  /** The secret goes into the cookie and nowhere else; the store keeps its digest. */
  trust(credential: CredentialRecord): Promise<{ readonly secret: string; readonly lifetimeMs: Millis }>;
  /** Whether the record is this user's, and of this epoch: a reset, a change of factors and "sign out everywhere" end it. */
  isTrusted(id: string, credential: CredentialRecord): Promise<boolean>;
}

interface Needs {
  readonly store: RecordStore<TrustedDevice>;
  readonly clock: Clock;
  readonly random: Random;
}

/** 30 days. */
const lifetimeMs = 2_592_000_000;

export const trustedDevices = ({ store, clock, random }: Needs): TrustedDevices => ({
  trust: async ({ id: userId, epoch }) => {
    const secret = mintSecret(random);
    const record = { id: digest('trusted', secret), userId, version: 1, expiresAt: clock.now() + lifetimeMs, epoch };
    if (!(await store.create(record))) throw new Error('a new id is in use: the random source repeats itself');
    return { secret, lifetimeMs };
  },
  isTrusted: async (id, credential) => {
    const record = await store.get(id);
    return (
      record !== null &&
      record.userId === credential.id &&
      record.epoch === credential.epoch &&
      clock.now() < record.expiresAt
    );
  },
});
