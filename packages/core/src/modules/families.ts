import type { Clock } from '../ports/clock.ts';
import type { RefreshFamily, RefreshTokenStore } from '../ports/domain.ts';
import type { LiveSession } from '../ports/live-session.ts';

/** Everything about refresh families but their birth, which is the gate's. */
export interface Families {
  get(id: string): Promise<RefreshFamily | null>;
  /** The next generation, by compare-and-set; the idle deadline moves with it. `null` = somebody else was first. */
  rotate(family: RefreshFamily, now: number): Promise<RefreshFamily | null>;
  /** `true` = this call ended it. */
  end(id: string): Promise<boolean>;
  list(userId: string): Promise<readonly RefreshFamily[]>;
}

/** What the gate alone is given. */
export interface FamilyBirths {
  /** Signs and makes everything ready; nothing is written before `write`. */
  prepare(draft: FamilyDraft): Promise<UnbornFamily>;
  end(id: string): Promise<boolean>;
}

export type FamilyDraft = Pick<
  RefreshFamily,
  'userId' | 'epoch' | 'authenticatedAt' | 'transport' | 'aal' | 'amr' | 'client' | 'clientId'
> & {
  /** Of the session that goes on in the new family; `null` = it begins now. */
  readonly kept: Pick<RefreshFamily, 'createdAt' | 'absoluteExpiresAt'> | null;
};

/** An access token, and the seconds that it is good for. */
export interface Access {
  readonly accessToken: string;
  readonly expiresIn: number;
}

export interface UnbornFamily {
  readonly minted: { readonly session: LiveSession; readonly secret: string; readonly access: Access };
  write(): Promise<boolean>;
}

interface Lifetimes {
  readonly idleMs: number;
  readonly absoluteMs: number;
}

interface Needs {
  readonly store: Omit<RefreshTokenStore, 'create'>;
  readonly lifetimes: Lifetimes;
}

export const families = ({ store, lifetimes }: Needs): Families => ({
  get: (id) => store.get(id),
  rotate: async (family, now) => {
    const expiresAt = Math.min(now + lifetimes.idleMs, family.absoluteExpiresAt);
    const next = { ...family, rotatedAt: now, expiresAt, version: family.version + 1 };
    return (await store.replace(next, family.version)) ? next : null;
  },
  end: (id) => store.delete(id),
  list: (userId) => store.listByUser(userId),
});

interface BirthNeeds {
  readonly store: Pick<RefreshTokenStore, 'create' | 'delete'>;
  readonly clock: Clock;
  readonly lifetimes: Lifetimes;
  readonly tokens: {
    newHandle(): { readonly familyId: string; readonly handle: string };
    write(handle: string, generation: number): string;
  };
  readonly access: { issue(family: RefreshFamily, now: number): Promise<Access> };
}

export const familyBirths = ({ store, clock, lifetimes, tokens, access }: BirthNeeds): FamilyBirths => ({
  prepare: async ({ kept, ...draft }) => {
    const now = clock.now();
    const { familyId, handle } = tokens.newHandle();
    const absoluteExpiresAt = kept?.absoluteExpiresAt ?? now + lifetimes.absoluteMs;
    const family: RefreshFamily = {
      ...draft,
      id: familyId,
      version: 1,
      expiresAt: Math.min(now + lifetimes.idleMs, absoluteExpiresAt),
      createdAt: kept?.createdAt ?? now,
      rotatedAt: now,
      absoluteExpiresAt,
      scope: [],
    };
    return {
      minted: {
        session: asSession(family),
        secret: tokens.write(handle, family.version),
        access: await access.issue(family, now),
      },
      write: () => store.create(family),
    };
  },
  end: (id) => store.delete(id),
});

/** A family in the shape of a session: it was last seen when it last rotated. */
export const asSession = (family: RefreshFamily): LiveSession => ({
  id: family.id,
  userId: family.userId,
  version: family.version,
  expiresAt: family.expiresAt,
  epoch: family.epoch,
  createdAt: family.createdAt,
  lastSeenAt: family.rotatedAt,
  authenticatedAt: family.authenticatedAt,
  absoluteExpiresAt: family.absoluteExpiresAt,
  aal: family.aal,
  amr: family.amr,
  client: family.client,
  data: {},
  family,
});
