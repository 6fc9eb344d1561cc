import { StoreUnavailableError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { OAuthAccount, OAuthAccountStore } from '../ports/domain.ts';
import type { ProviderGrant } from '../ports/provider-grant.ts';
import type { SecretBox } from '../ports/secret-box.ts';
import { utf8 } from '../primitives/bytes.ts';
import { seconds } from '../primitives/time.ts';

/** What providers granted, sealed in the record of the linked account: it lives as long as the link does. */
export interface KeptTokens {
  /** `null` = nothing is kept, or nothing that opens for this user and this record. */
  open(account: OAuthAccount): Promise<Opened | null>;
  /** What a sign-in has brought. A refresh token that was not given anew is the one that is there. */
  keep(id: string, userId: string, grant: ProviderGrant): Promise<void>;
  /** Seals with the active key, unless somebody wrote meanwhile. */
  reseal(account: OAuthAccount, grant: ProviderGrant): Promise<void>;
  /** The right to use the refresh token, for a while: of many callers one gets it, the others `null`. */
  lease(account: OAuthAccount): Promise<OAuthAccount | null>;
  /** Whether so much of a lease is left that the provider can still be asked. */
  isInTime(leased: OAuthAccount): boolean;
  /**
   * What came of the refresh token that was used; resolves with what counts now. `gone` = there is no record any more; `null` =
   * it is another user's, or does not open.
   */
  renew(leased: OAuthAccount, used: ProviderGrant, grant: ProviderGrant): Promise<ProviderGrant | 'gone' | null>;
  /** The provider has ended the grant that was used: what a sign-in has brought meanwhile stays. */
  drop(leased: OAuthAccount, used: ProviderGrant): Promise<Dropped>;
  /** Nothing came of it; the tokens stay. */
  release(leased: OAuthAccount): Promise<void>;
}

export interface Opened {
  readonly grant: ProviderGrant;
  /** Sealed with a key that is no longer the active one. */
  readonly stale: boolean;
}

/** `nothing` = somebody else has another grant by now, or asks for one. */
export type Dropped = 'all' | 'refresh_token' | 'nothing';

interface Needs {
  readonly store: OAuthAccountStore;
  /** Of the record with that id. */
  readonly boxOf: (id: string) => SecretBox;
  /**
   * Whose grants they are: another client's open no more, and are not sent by a client that is there by mistake. `null` = the
   * account's provider is not configured, at this issuer: nothing is opened, and nothing written.
   */
  readonly clientIdOf: (account: OAuthAccount) => string | null;
  readonly clock: Clock;
  readonly pause: (ms: number) => Promise<void>;
  /** Told of tokens that no key opens. */
  readonly unreadable: () => void;
}

/** Asking takes ten seconds at the most (metadata, token); a process that died with a lease holds nobody up for longer than this. */
const leaseMs = seconds(30);
const askingMs = seconds(15);
/** Every writer that loses has lost to one that won. */
const tries = 10;
/** A refresh token that was given once is worth waiting for a store that comes back. */
const patience = [100, 300, 900] as const;

export const keptTokens = ({ store, boxOf, clientIdOf, clock, pause, unreadable }: Needs): KeptTokens => {
  /**
   * Length-prefixed, so that no two records spell alike. The record's id follows from issuer and subject, but not the other way
   * round: whoever writes to the table could turn a record to the issuer that is to get the refresh token.
   */
  const bindingOf = (account: OAuthAccount): string => {
    const { id, userId, issuer, provider } = account;
    return ['account', userId, id, issuer, provider, clientIdOf(account) ?? '']
      .map((part) => `${part.length}:${part}`)
      .join('');
  };
  const open = async (account: OAuthAccount): Promise<Opened | null> => {
    if (account.tokens === null || clientIdOf(account) === null) return null;
    const opened = await boxOf(account.id).open(account.tokens, bindingOf(account));
    if (opened === null) {
      unreadable();
      return null;
    }
    // Authenticated: nobody but `seal` wrote it.
    return { grant: JSON.parse(new TextDecoder().decode(opened.plain)) as ProviderGrant, stale: opened.stale };
  };
  const seal = (account: OAuthAccount, grant: ProviderGrant): Promise<string> =>
    boxOf(account.id).seal(utf8(JSON.stringify(grant)), bindingOf(account));

  /** Compare-and-set of what `change` makes of the record, on a fresh read each time. `false` = left alone, or not the user's. */
  const update = async (
    { id, userId }: Pick<OAuthAccount, 'id' | 'userId'>,
    change: (account: OAuthAccount) => Promise<Partial<OAuthAccount> | null>,
  ): Promise<boolean | 'gone'> => {
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const account = await store.get(id);
      if (account === null) return 'gone';
      if (account.userId !== userId || clientIdOf(account) === null) return false;
      const changes = await change(account);
      if (changes === null) return false;
      if (await store.replace({ ...account, ...changes, version: account.version + 1 }, account.version)) return true;
    }
    return false;
  };
  const insist = async <T>(write: () => Promise<T>): Promise<T> => {
    for (const ms of patience) {
      try {
        return await write();
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
        await pause(ms);
      }
    }
    return write();
  };

  return {
    open,
    keep: async (id, userId, grant) => {
      await update({ id, userId }, async (account) => {
        if (grant.refreshToken !== null) return { tokens: await seal(account, grant), refreshingUntil: null };
        // The refresh token that is there may be in use this very moment: whoever uses it goes on.
        const refreshToken = (await open(account))?.grant.refreshToken ?? null;
        return { tokens: await seal(account, { ...grant, refreshToken }) };
      });
    },
    reseal: async (account, grant) => {
      const tokens = await seal(account, grant);
      await store.replace({ ...account, tokens, version: account.version + 1 }, account.version);
    },
    lease: async (account) => {
      const leased = { ...account, refreshingUntil: clock.now() + leaseMs, version: account.version + 1 };
      return (await store.replace(leased, account.version)) ? leased : null;
    },
    isInTime: ({ refreshingUntil }) => clock.now() < (refreshingUntil ?? 0) - askingMs,
    renew: (leased, used, grant) =>
      insist(async () => {
        const outcome: { counts: ProviderGrant | null } = { counts: null };
        const done = await update(leased, async (account) => {
          const held = (await open(account))?.grant ?? null;
          outcome.counts = held;
          // A sign-in has brought another, or the write whose answer was lost was made.
          if (held !== null && held.refreshToken !== used.refreshToken) return null;
          if (held === null && account.tokens !== null) return null;
          const refreshToken = grant.refreshToken ?? used.refreshToken;
          // A sign-in has brought an access token alone, and it is the newer one.
          const isNewer = held !== null && held.accessToken !== used.accessToken;
          const counts = { ...(isNewer ? held : grant), refreshToken };
          outcome.counts = counts;
          return { tokens: await seal(account, counts), refreshingUntil: null };
        });
        return done === 'gone' ? done : outcome.counts;
      }),
    drop: async (leased, used) => {
      const outcome: { dropped: Dropped } = { dropped: 'nothing' };
      const done = await update(leased, async (account) => {
        const held = (await open(account))?.grant;
        if (!holds(leased, account) || held?.refreshToken !== used.refreshToken) return null;
        const isAll = held.accessToken === used.accessToken;
        outcome.dropped = isAll ? 'all' : 'refresh_token';
        return { tokens: isAll ? null : await seal(account, { ...held, refreshToken: null }), ...free };
      });
      return done === true ? outcome.dropped : 'nothing';
    },
    release: async (leased) => {
      await update(leased, async (account) => (holds(leased, account) ? free : null));
    },
  };
};

const free = { refreshingUntil: null } as const;

/** A lease is named by its end: one is taken only when the one before has ended, or with another refresh token. */
const holds = (leased: OAuthAccount, account: OAuthAccount): boolean =>
  account.refreshingUntil === leased.refreshingUntil;
