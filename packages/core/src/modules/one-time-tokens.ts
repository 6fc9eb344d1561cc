import type { Clock } from '../ports/clock.ts';
import type { OneTimePurpose, OneTimeToken, OneTimeTokenStore } from '../ports/domain.ts';
import type { JsonObject, Millis } from '../ports/json.ts';
import type { Random } from '../ports/random.ts';
import { digest } from '../primitives/digest.ts';
import { isSecret, mintSecret } from '../primitives/secret.ts';

export interface NewToken {
  readonly purpose: OneTimePurpose;
  readonly userId: string | null;
  /** `null` = bound to no epoch. */
  readonly epoch: number | null;
  readonly data: JsonObject;
  readonly lifetimeMs: number;
}

export interface OneTimeTokens {
  /** The token goes into the mail and nowhere else; the store keeps its digest. */
  mint(token: NewToken): Promise<{ readonly token: string; readonly expiresAt: Millis }>;
  /** Looks without spending. `null` = unknown, used, expired, or of another purpose: one answer. */
  find(purpose: OneTimePurpose, token: string): Promise<OneTimeToken | null>;
  /** `true` = this call spent it. */
  consume(token: OneTimeToken): Promise<boolean>;
}

interface Needs {
  readonly store: OneTimeTokenStore;
  readonly clock: Clock;
  readonly random: Random;
}

export const oneTimeTokens = ({ store, clock, random }: Needs): OneTimeTokens => ({
  mint: async ({ purpose, userId, epoch, data, lifetimeMs }) => {
    const token = mintSecret(random);
    const expiresAt = clock.now() + lifetimeMs;
    const record = { id: digest(purpose, token), userId, version: 1, expiresAt, purpose, epoch, data };
    if (!(await store.create(record))) throw new Error('a new token is in use: the random source repeats itself');
    return { token, expiresAt };
  },
  find: async (purpose, token) => {
    if (!isSecret(token)) return null;
    const record = await store.get(digest(purpose, token));
    return record !== null && record.purpose === purpose && clock.now() < record.expiresAt ? record : null;
  },
  consume: (token) => store.delete(token.id),
});
