import type { CredentialRecord, SessionRecord } from './domain.ts';
import type { RateLimitStore } from './rate-limits.ts';
import type { RecordSpace } from './records.ts';
import type { UserRecord, UserStore } from './users.ts';

/**
 * Optional: one snapshot, from the primary, of what an authenticated request needs. An optimisation: the answer must be
 * the one that the separate reads would give. Used only while `users` (and `durable`) are the very objects in `Stores`.
 */
export interface JoinedReads {
  readonly users: UserStore;
  readonly durable?: RecordSpace;
  /** On the ephemeral space: session, credential and user by the session's id. `null` = no such session. */
  identify?(sessionId: string): Promise<{
    readonly session: SessionRecord;
    readonly credential: CredentialRecord | null;
    readonly user: UserRecord | null;
  } | null>;
  /** On the durable space: credential and user by the user's id. */
  account?(userId: string): Promise<{ readonly credential: CredentialRecord | null; readonly user: UserRecord | null }>;
}

export interface JoinableSpace extends RecordSpace {
  readonly joined?: JoinedReads;
}

/** What `createAuth` takes: four slots that may live in different databases. */
export interface Stores {
  readonly users: UserStore;
  /** Kinds `credential`, `account`, `mfa_factor`. */
  readonly durable: JoinableSpace;
  /** Kinds `session`, `refresh`, `one_time`. */
  readonly ephemeral: JoinableSpace;
  readonly rateLimits: RateLimitStore;
}
