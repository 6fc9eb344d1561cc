import type { Kit } from '../../config/feature.ts';
import { type KeepGrantFlow, keepGrant } from '../../flows/oauth/keep-grant.ts';
import { type ProviderTokenFlow, providerToken } from '../../flows/oauth/provider-token.ts';
import { type RevokeGrantFlow, revokeGrant } from '../../flows/oauth/revoke-grant.ts';
import { keptTokens } from '../../modules/kept-tokens.ts';
import type { LinkedAccounts } from '../../modules/linked-accounts.ts';
import type { OAuthClient } from '../../modules/oauth-client/client.ts';
import { secretBox } from '../../modules/secret-box.ts';
import type { OAuthAccount } from '../../ports/domain.ts';

/** What is done with tokens that are kept; loaded when there are some. */
export interface ProviderTokens {
  readonly keep: KeepGrantFlow;
  readonly token: ProviderTokenFlow;
  readonly revoke: RevokeGrantFlow;
}

export interface ProviderTokensNeeds {
  readonly kit: Kit;
  readonly accounts: LinkedAccounts;
  readonly clientOf: (provider: string) => OAuthClient | null;
  readonly keeps: (provider: string) => boolean;
  readonly clientIdOf: (account: OAuthAccount) => string | null;
  readonly isUsable: (account: OAuthAccount) => boolean;
}

export const providerTokens = ({ kit, ...own }: ProviderTokensNeeds): ProviderTokens => {
  const { keys, random, clock, pause } = kit;
  const kept = keptTokens({
    store: kit.accountStore,
    // A grant is sealed at every renewal, which may be hourly and by the million. Sixty-four keys, by the first character of
    // the record's id, keep each of them far from 2^32 nonces (NIST SP 800-38D §8.3).
    boxOf: (id) => secretBox({ keys, random, purpose: `account/${id.slice(0, 1)}` }),
    clientIdOf: own.clientIdOf,
    clock,
    pause,
    unreadable: () => kit.journal.noticeOnce(nobody, 'provider_token_unreadable'),
  });
  const needs = { ...kit, ...own, kept };
  return { keep: keepGrant(needs), token: providerToken(needs), revoke: revokeGrant(needs) };
};

/** A key that is missing is nobody's request. */
const nobody = { requestId: 'req_none', client: { ip: null, agent: null }, address: null, device: null };
