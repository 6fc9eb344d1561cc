import { type Refusal, refuse } from '../../errors.ts';
import type { Chores } from '../../modules/chores.ts';
import type { KeptTokens } from '../../modules/kept-tokens.ts';
import type { LinkedAccounts } from '../../modules/linked-accounts.ts';
import type { OAuthClient } from '../../modules/oauth-client/client.ts';
import type { Subjects } from '../../modules/subjects.ts';
import type { Clock } from '../../ports/clock.ts';
import type { OAuthAccount } from '../../ports/domain.ts';
import type { Caller, Journal } from '../../ports/journal.ts';
import type { ProviderGrant, WantedToken } from '../../ports/provider-grant.ts';
import { renewGrant } from './renew-grant.ts';

export type Granted = { readonly ok: true; readonly grant: ProviderGrant };
export type ProviderTokenFlow = (caller: Caller, wanted: WantedToken) => Promise<Granted | Refusal>;

export interface ProviderTokenNeeds {
  readonly subjects: Subjects;
  readonly accounts: LinkedAccounts;
  readonly kept: KeptTokens;
  readonly chores: Chores;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly pause: (ms: number) => Promise<void>;
  readonly clientOf: (provider: string) => OAuthClient | null;
  readonly keeps: (provider: string) => boolean;
  /** Its provider is still the one that is configured. */
  readonly isUsable: (account: OAuthAccount) => boolean;
}

/** Longer than a provider is given to answer: who waits for somebody else's renewal hears of it. */
const pollMs = 200;
const polls = 60;

/** The access token of an account that counts; renewed by one of however many ask for it at once, on however many nodes. */
export const providerToken =
  (needs: ProviderTokenNeeds): ProviderTokenFlow =>
  async (caller, wanted) => {
    const { provider, userId, accountId } = wanted;
    if (needs.clientOf(provider) === null) return refuse('provider_unknown');
    const holder = await needs.subjects.byUser(userId);
    if (holder === null) return refuse('not_found');
    if (holder.credential.disabledAt !== null) return refuse('account_disabled');
    if (!needs.keeps(provider)) return missing('This provider has no keepTokens.');
    const found = (await needs.accounts.of(holder.credential))
      .filter((account) => account.provider === provider && needs.isUsable(account))
      .filter((account) => accountId === null || account.id === accountId)
      .toSorted((a, b) => a.linkedAt - b.linkedAt);
    const [account] = found;
    return account === undefined ? missing('No such account is linked.') : obtain(needs, caller, account, wanted);
  };

const missing = (detail: string): Refusal => refuse('provider_token_missing', { detail });

const obtain = async (
  needs: ProviderTokenNeeds,
  caller: Caller,
  first: OAuthAccount,
  { refused }: WantedToken,
): Promise<Granted | Refusal> => {
  const { kept, clock, pause } = needs;
  let account = first;
  for (let poll = 0; poll < polls; poll += 1) {
    const opened = await kept.open(account);
    if (opened === null) return missing('No tokens are kept.');
    const { grant } = opened;
    const now = clock.now();
    const stage = stageOf(grant, now, refused);
    const asItIs: Granted = { ok: true, grant };
    const { refreshingUntil } = account;
    const isLeased = refreshingUntil !== null && refreshingUntil > now;
    if (stage === 'good') {
      const current = account;
      if (opened.stale && !isLeased) needs.chores.run(caller, () => kept.reseal(current, grant));
      return asItIs;
    }
    const isOver = stage === 'over';
    if (grant.refreshToken === null) return isOver ? missing('The access token is over.') : asItIs;
    if (isLeased && !isOver) return asItIs;
    if (isLeased) await pause(pollMs);
    else {
      const leased = await kept.lease(account);
      if (leased !== null) {
        const outcome = await renewGrant(needs, caller, { leased, used: grant, refreshToken: grant.refreshToken });
        // What is still good is good, whatever became of its renewal; unless the provider has ended it.
        const isFinal = outcome !== 'changed' && (outcome.ok || isOver || outcome.reason === 'provider_token_missing');
        if (outcome !== 'changed') return isFinal ? outcome : asItIs;
      }
    }
    const next = await needs.accounts.get(account.id);
    if (next?.userId !== account.userId) return missing('No such account is linked.');
    // Whoever was renewing has given up: the answer is theirs, and the provider is not asked once for each who waits.
    if (isLeased && next.tokens === account.tokens && next.refreshingUntil === null) return failed();
    account = next;
  }
  return refuse('busy', { retryAfterMs: Math.max(retryMs, (account.refreshingUntil ?? 0) - clock.now()) });
};

const retryMs = 1_000;
const failed = (): Refusal => refuse('provider_failed', { retryAfterMs: retryMs });

const stageOf = (
  { accessToken, expiresAt, renewAt }: ProviderGrant,
  now: number,
  refused: string | null,
): 'good' | 'due' | 'over' => {
  if (accessToken === refused || (expiresAt !== null && now >= expiresAt)) return 'over';
  return renewAt !== null && now >= renewAt ? 'due' : 'good';
};
