import type { Rate } from './gcra.ts';
import { minutes, seconds } from './time.ts';

export interface Policy extends Rate {
  /** What the bucket belongs to. */
  readonly subject: 'address' | 'login' | 'login and address' | 'user' | 'recipient' | 'family' | 'challenge';
  /** `allow` lets requests pass while the limiter's store is down; possible for policies on addresses alone. */
  readonly onStoreError: 'deny' | 'allow';
}

export type PolicyName =
  | 'login_ip'
  | 'login_pair'
  | 'login_login'
  | 'login_device'
  | 'login_account'
  | 'reauth'
  | 'register_ip'
  | 'mail_login'
  | 'mail_ip'
  | 'token_refresh'
  | 'mfa_challenge'
  | 'mfa_user'
  | 'mfa_notice';

export type Policies = { readonly [name in PolicyName]: Policy };

/** ASVS 5.0, 6.3.1. `login_account` is the 100 consecutive failures of NIST SP 800-63B-4 §3.2.2. */
export const defaultPolicies: Policies = {
  login_ip: { subject: 'address', burst: 30, refillMs: seconds(2), onStoreError: 'deny' },
  login_pair: { subject: 'login and address', burst: 5, refillMs: minutes(3), onStoreError: 'deny' },
  login_login: { subject: 'login', burst: 50, refillMs: minutes(1), onStoreError: 'deny' },
  login_device: { subject: 'login', burst: 10, refillMs: minutes(15), onStoreError: 'deny' },
  login_account: { subject: 'login', burst: 100, refillMs: minutes(15), onStoreError: 'deny' },
  reauth: { subject: 'user', burst: 5, refillMs: minutes(3), onStoreError: 'deny' },
  register_ip: { subject: 'address', burst: 10, refillMs: minutes(10), onStoreError: 'deny' },
  mail_login: { subject: 'recipient', burst: 3, refillMs: minutes(20), onStoreError: 'deny' },
  mail_ip: { subject: 'address', burst: 20, refillMs: minutes(5), onStoreError: 'deny' },
  token_refresh: { subject: 'family', burst: 60, refillMs: seconds(10), onStoreError: 'deny' },
  mfa_challenge: { subject: 'challenge', burst: 5, refillMs: minutes(10), onStoreError: 'deny' },
  mfa_user: { subject: 'user', burst: 10, refillMs: minutes(15), onStoreError: 'deny' },
  mfa_notice: { subject: 'user', burst: 1, refillMs: minutes(60), onStoreError: 'deny' },
};
