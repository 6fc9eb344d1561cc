import type { StandardSchema } from '../api/standard-schema.ts';
import { type CheckProfile, profileCheck } from '../http/profile.ts';
import { type Belongings, belongings } from '../modules/belongings.ts';
import { type OneTimeTokens, oneTimeTokens } from '../modules/one-time-tokens.ts';
import { type WaysBack, waysBack } from '../modules/ways-back.ts';
import type { BreachCheck } from '../ports/breach.ts';
import type { Clock } from '../ports/clock.ts';
import type { MfaStore, OAuthAccountStore, OneTimeToken } from '../ports/domain.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { Random } from '../ports/random.ts';
import type { RecordStore } from '../ports/records.ts';
import { days } from '../primitives/time.ts';
import { boundedBreach } from '../system/bounded-breach.ts';
import { boundedNotifier } from '../system/bounded-notifier.ts';

interface Needs {
  readonly accountStore: OAuthAccountStore;
  readonly factorStore: MfaStore;
  readonly tokenStore: RecordStore<OneTimeToken>;
  readonly clock: Clock;
  readonly random: Random;
  readonly profile: StandardSchema | null;
  readonly notifier: Notifier;
  /** Called where there is one. */
  readonly breach: BreachCheck | null;
}

/** Modules that neither a sign-in nor a check of a session asks anything, and the ports that mails and new passwords go to. */
export interface LateModules {
  readonly belongings: Belongings;
  readonly tokens: OneTimeTokens;
  readonly waysBack: WaysBack;
  readonly checkProfile: CheckProfile;
  readonly notifier: Notifier;
  readonly breach: BreachCheck | null;
}

export const lateModules = (needs: Needs): LateModules => {
  const { accountStore, factorStore, tokenStore, clock, random, profile, notifier, breach } = needs;
  return {
    belongings: belongings({ accounts: accountStore, factors: factorStore }),
    tokens: oneTimeTokens({ store: tokenStore, clock, random }),
    waysBack: waysBack({ store: tokenStore, clock, lifetimeMs: days(7) }),
    checkProfile: profileCheck(profile),
    notifier: boundedNotifier(notifier),
    breach: breach === null ? null : boundedBreach(breach),
  };
};
