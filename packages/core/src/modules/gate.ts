import { type Refusal, refuse } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Aal, Amr, CredentialRecord, RefreshFamily, SessionRecord, SessionStore } from '../ports/domain.ts';
import type { Caller, Journal } from '../ports/journal.ts';
import type { Millis } from '../ports/json.ts';
import type { LiveSession, Transport } from '../ports/live-session.ts';
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

/** What a request brings along when it signs in; a challenge keeps all of it until the second factor is proved. JSON. */
export interface Entrance {
  /** The id of the session that it came with, alive or not; it ends. */
  readonly presented: string | null;
  /** The same, of the refresh family. */
  readonly family: string | null;
  /** Where the new session is to live. */
  readonly transport: Transport;
  /** The program that a family is bound to; `null` = none is named. */
  readonly clientId: string | null;
  /** Where a browser that navigates goes in the end; `null` = a script asks, which goes nowhere. */
  readonly returnTo: string | null;
  /** Digest of the value that binds a challenge to the browser that navigates. */
  readonly flow: string | null;
  /** The id of the record that its trusted-device cookie speaks of. */
  readonly trusted: string | null;
}

export interface Minted {
  readonly ok: true;
  readonly status: 'signed_in';
  readonly session: LiveSession;
  /** Goes into the cookie, of a family into the place of its refresh token, and nowhere else; the store keeps its digest. */
  readonly secret: string;
  /** Of a family: the first access token, and the seconds that it is good for. */
  readonly access: { readonly accessToken: string; readonly expiresIn: number } | null;
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

/** Asks for a second factor that is due; `null` = this device is trusted, none is asked for. */
export type Challenge = (caller: Caller, proof: Proof, entrance: Entrance) => Promise<Challenged | null>;

/** The only place where a session is written for the first time: no way of signing in goes around its policy. */
export interface Gate {
  /** A new session, or why not. The session that the browser had before ends: a sign-in never continues one. */
  open(caller: Caller, proof: Proof, entrance: Entrance): Promise<Opened | Refusal>;
  /** The same session under a new id, epoch and set of factors. `null` = it ended meanwhile. */
  renew(caller: Caller, old: LiveSession, proof: Proof): Promise<Minted | null>;
}

/** How families are born; the gate alone is given it. */
export interface Births {
  prepare(
    draft: Pick<
      RefreshFamily,
      'userId' | 'epoch' | 'authenticatedAt' | 'transport' | 'aal' | 'amr' | 'client' | 'clientId'
    > & { readonly kept: SessionRecord | null },
  ): Promise<Unborn>;
  end(id: string): Promise<boolean>;
}

/** Ready to be written: what can fail without a store has gone well. */
interface Unborn {
  readonly minted: Omit<Minted, 'ok' | 'status'>;
  write(): Promise<boolean>;
}

/** The application's own say; a word back refuses. */
export type BeforeSession = (caller: Caller, user: UserRecord) => Promise<string | null>;

interface Needs {
  readonly store: Pick<SessionStore, 'create' | 'delete'>;
  /** `null` = no feature issues tokens. */
  readonly births: Births | null;
  readonly clock: Clock;
  readonly random: Random;
  readonly journal: Journal;
  readonly lifetimes: { readonly idleMs: number; readonly absoluteMs: number };
  readonly verifiedOnly: boolean;
  readonly beforeSession: BeforeSession;
  /** Of the feature that can take a second factor; asked for when one is due. */
  readonly challenge: () => Challenge | null;
}

export const gate = (needs: Needs): Gate => {
  const { store, births, clock, random, journal, lifetimes, verifiedOnly, beforeSession } = needs;
  const prepare = async (
    caller: Caller,
    proof: Proof,
    to: Pick<Entrance, 'transport' | 'clientId'>,
    kept: SessionRecord | null,
  ): Promise<Unborn> => {
    const now = clock.now();
    const common = {
      userId: proof.user.id,
      epoch: proof.credential.epoch,
      authenticatedAt: proof.provedAt ?? now,
      aal: proof.aal,
      amr: proof.amr,
      client: caller.client,
    };
    const { transport, clientId } = to;
    if (transport !== 'cookie') {
      if (births === null) throw new Error('no feature issues tokens');
      return births.prepare({ ...common, transport, clientId, kept });
    }
    const secret = mintSecret(random);
    const absoluteExpiresAt = kept?.absoluteExpiresAt ?? now + lifetimes.absoluteMs;
    const session: SessionRecord = {
      ...common,
      id: digest('session', secret),
      version: 1,
      expiresAt: Math.min(now + lifetimes.idleMs, absoluteExpiresAt),
      createdAt: kept?.createdAt ?? now,
      lastSeenAt: now,
      absoluteExpiresAt,
      data: kept?.data ?? {},
    };
    return {
      minted: { session, secret, access: null },
      write: () => store.create(session),
    };
  };

  const bear = async (caller: Caller, { minted, write }: Unborn): Promise<Minted> => {
    if (!(await write())) throw new Error('a new session id is in use: the random source repeats itself');
    const { userId, aal, amr } = minted.session;
    journal.note(caller, 'session.created', { userId, data: { aal, amr } });
    return { ok: true, status: 'signed_in', ...minted };
  };

  const refusalOf = ({ user, credential }: Proof): Refusal | null => {
    if (credential.disabledAt !== null) return refuse('account_disabled');
    return verifiedOnly && user.emailVerifiedAt === null ? refuse('email_unverified') : null;
  };

  const challengeFor = async (
    caller: Caller,
    proof: Proof,
    entrance: Entrance,
  ): Promise<Challenged | Refusal | null> => {
    if (!isFactorDue(proof)) return null;
    const challenge = needs.challenge();
    // Without a feature that can ask for it, a second factor that is due can only be refused.
    return challenge === null ? refuse('step_up_required', { need: { aal: 2 } }) : challenge(caller, proof, entrance);
  };

  const sayOf = async (caller: Caller, { user }: Proof): Promise<Refusal | null> => {
    const word = await beforeSession(caller, user);
    return word === null ? null : refuse('account_disabled', { detail: word });
  };

  return {
    open: async (caller, proof, entrance) => {
      const early = refusalOf(proof) ?? (await challengeFor(caller, proof, entrance)) ?? (await sayOf(caller, proof));
      if (early !== null) return early;
      const minted = await bear(caller, await prepare(caller, proof, entrance, null));
      if (entrance.presented !== null) await store.delete(entrance.presented);
      if (entrance.family !== null) await births?.end(entrance.family);
      return minted;
    },
    renew: async (caller, old, proof) => {
      const { transport, clientId } = old.family ?? { transport: 'cookie', clientId: null };
      const unborn = await prepare(caller, proof, { transport, clientId }, old);
      const ended = old.family === undefined ? await store.delete(old.id) : await births?.end(old.id);
      return ended === true ? bear(caller, unborn) : null;
    },
  };
};

/** A recovery code stands in for the lost factor, at level 1: it opens the way to a new one, and `require({ aal: 2 })` stays closed. */
const isFactorDue = ({ credential, aal, amr }: Proof): boolean =>
  credential.factors.length > 0 && aal < 2 && !amr.includes('rec');
