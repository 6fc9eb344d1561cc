import { type Refusal, refuse } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Aal, CredentialRecord, SessionRecord, SessionStore } from '../ports/domain.ts';
import type { LiveSession } from '../ports/live-session.ts';

/** What is asked of a session beyond being alive. */
export interface Demand {
  readonly aal?: Aal;
  /** A factor was proved less than so many milliseconds ago. */
  readonly fresh?: number;
}

/** Everything about sessions but their birth, which is the gate's. */
export interface Sessions {
  /** Of either kind. */
  get(id: string): Promise<LiveSession | null>;
  /** Every lifetime, the epoch and the disabled flag: the one definition of "signed in". A deadline is the first instant that is too late. */
  isLive(session: SessionRecord, credential: CredentialRecord): boolean;
  /** Whether a live session is enough for what is asked; `null` = it is. */
  shortfall(session: SessionRecord, demand: Demand): Refusal | null;
  /** Whether `touch` is due. */
  isStale(session: SessionRecord): boolean;
  /** Moves the idle deadline by compare-and-set, so that a late touch cannot bring back what was ended. */
  touch(session: SessionRecord): Promise<boolean>;
  /** `true` = this call ended it. */
  end(id: string): Promise<boolean>;
  /** The live ones. */
  list(userId: string, credential: CredentialRecord): Promise<readonly LiveSession[]>;
  /** Housekeeping after an epoch was raised: removes the sessions of earlier ones, which are dead already, and no newer. */
  sweepUser(userId: string, epoch: number): Promise<number>;
}

export interface SessionLifetimes {
  readonly idleMs: number;
  readonly absoluteMs: number;
  readonly touchEveryMs: number;
}

interface Needs {
  readonly store: Omit<SessionStore, 'create'>;
  readonly clock: Clock;
  readonly lifetimes: SessionLifetimes;
}

export const sessions = ({ store, clock, lifetimes }: Needs): Sessions => {
  const isLive = (session: SessionRecord, credential: CredentialRecord): boolean => {
    const now = clock.now();
    return (
      now < (session.expiresAt ?? 0) &&
      now < session.absoluteExpiresAt &&
      session.userId === credential.id &&
      session.epoch === credential.epoch &&
      credential.disabledAt === null
    );
  };
  return {
    get: (id) => store.get(id),
    isLive,
    shortfall: (session, demand) => {
      // Asked so that what is no number is never met.
      const weak = demand.aal !== undefined && !(session.aal >= demand.aal);
      const old = demand.fresh !== undefined && !(clock.now() - session.authenticatedAt < demand.fresh);
      if (!weak && !old) return null;
      const need = { ...(weak ? { aal: demand.aal } : {}), ...(old ? { fresh: demand.fresh } : {}) };
      return refuse('step_up_required', { need });
    },
    isStale: (session) => clock.now() - session.lastSeenAt >= lifetimes.touchEveryMs,
    touch: (session) => {
      const now = clock.now();
      const expiresAt = Math.min(now + lifetimes.idleMs, session.absoluteExpiresAt);
      return store.replace({ ...session, lastSeenAt: now, expiresAt, version: session.version + 1 }, session.version);
    },
    end: (id) => store.delete(id),
    list: async (userId, credential) =>
      (await store.listByUser(userId)).filter((session) => isLive(session, credential)),
    sweepUser: async (userId, epoch) => {
      const dead = (await store.listByUser(userId)).filter((session) => session.epoch < epoch);
      const ended = await Promise.all(dead.map(({ id }) => store.delete(id)));
      return ended.filter(Boolean).length;
    },
  };
};
