import { type Refusal, refuse } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Aal, Amr, CredentialRecord, SessionRecord, SessionStore } from '../ports/domain.ts';
import type { Caller, Journal } from '../ports/journal.ts';
import type { Millis } from '../ports/json.ts';
import type { Random } from '../ports/random.ts';
import type { UserRecord } from '../ports/users.ts';
import { digest } from '../primitives/digest.ts';
import { mintSecret } from '../primitives/secret.ts';

/** What a method of signing in has shown. `credential` is the very record that was checked: its epoch binds the session. */
export interface Proof {
  readonly user: UserRecord;
  readonly credential: CredentialRecord;
  readonly aal: Aal;
  readonly amr: readonly Amr[];
  /** When a factor was last proved, where that was not just now. */
  readonly provedAt?: Millis;
}

/** What a request brings along when it signs in. */
export interface Entrance {
  /** The id of the session that it came with, alive or not; it ends. */
  readonly presented: string | null;
}

export interface Minted {
  readonly ok: true;
  readonly status: 'signed_in';
  readonly session: SessionRecord;
  /** Goes into the cookie and nowhere else; the store keeps its digest. */
  readonly secret: string;
}

/** The way in is open, or halfway: a second factor is due. */
export type Opened = Minted | Challenged;

/** A second factor is due; `challenge` opens nothing but the route that takes it. */
export interface Challenged {
  readonly ok: true;
  readonly status: 'mfa_required';
  readonly challenge: string;
  readonly methods: readonly ('totp' | 'recovery_code')[];
}

/** The only place where a session is written for the first time: no way of signing in goes around its policy. */
export interface Gate {
  /** A new session, or why not. The session that the browser had before ends: a sign-in never continues one. */
  open(caller: Caller, proof: Proof, entrance: Entrance): Promise<Opened | Refusal>;
  /** The same session under a new id, epoch and set of factors. `null` = it ended meanwhile. */
  renew(caller: Caller, old: SessionRecord, proof: Proof): Promise<Minted | null>;
}

/** What a renewed session keeps of the one before. */
type Kept = Pick<SessionRecord, 'createdAt' | 'absoluteExpiresAt' | 'data'>;

/** The application's own say; a word back refuses. */
export type BeforeSession = (caller: Caller, user: UserRecord) => Promise<string | null>;

interface Needs {
  readonly store: Pick<SessionStore, 'create' | 'delete'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly journal: Journal;
  readonly lifetimes: { readonly idleMs: number; readonly absoluteMs: number };
  readonly verifiedOnly: boolean;
  readonly beforeSession: BeforeSession;
}

export const gate = ({ store, clock, random, journal, lifetimes, verifiedOnly, beforeSession }: Needs): Gate => {
  const mint = async (caller: Caller, proof: Proof, now: number, kept: Kept) => {
    const secret = mintSecret(random);
    const session: SessionRecord = {
      id: digest('session', secret),
      userId: proof.user.id,
      version: 1,
      expiresAt: Math.min(now + lifetimes.idleMs, kept.absoluteExpiresAt),
      epoch: proof.credential.epoch,
      createdAt: kept.createdAt,
      lastSeenAt: now,
      authenticatedAt: proof.provedAt ?? now,
      absoluteExpiresAt: kept.absoluteExpiresAt,
      aal: proof.aal,
      amr: proof.amr,
      client: caller.client,
      data: kept.data,
    };
    if (!(await store.create(session))) throw new Error('a new session id is in use: the random source repeats itself');
    journal.note(caller, 'session.created', { userId: proof.user.id, data: { aal: proof.aal, amr: proof.amr } });
    return { ok: true, status: 'signed_in', session, secret } as const;
  };

  const refusalOf = async (caller: Caller, { user, credential, aal }: Proof): Promise<Refusal | null> => {
    if (credential.disabledAt !== null) return refuse('account_disabled');
    // Who has no address has none to confirm: a provider said who it is, and could prove no mailbox.
    if (verifiedOnly && user.email !== null && user.emailVerifiedAt === null) return refuse('email_unverified');
    // Without a feature that can ask for it, a second factor that is due can only be refused.
    if (credential.factors.length > 0 && aal < 2) return refuse('step_up_required', { need: { aal: 2 } });
    const word = await beforeSession(caller, user);
    return word === null ? null : refuse('account_disabled', { detail: word });
  };

  return {
    open: async (caller, proof, { presented }) => {
      const refusal = await refusalOf(caller, proof);
      if (refusal !== null) return refusal;
      const now = clock.now();
      const minted = await mint(caller, proof, now, {
        createdAt: now,
        absoluteExpiresAt: now + lifetimes.absoluteMs,
        data: {},
      });
      if (presented !== null) await store.delete(presented);
      return minted;
    },
    renew: async (caller, old, proof) => ((await store.delete(old.id)) ? mint(caller, proof, clock.now(), old) : null),
  };
};
