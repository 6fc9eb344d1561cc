import type { StandardSchema } from '../api/standard-schema.ts';
import type { ConfigIssue, Refusal } from '../errors.ts';
import type { Bearer } from '../http/bearer.ts';
import type { Cookies } from '../http/cookies.ts';
import type { Keepsakes } from '../http/keepsakes.ts';
import type { CheckProfile } from '../http/profile.ts';
import type { Page, Route } from '../http/route.ts';
import type { StepUpWay } from '../http/routes/step-up.ts';
import type { AccessTokens } from '../modules/access-tokens.ts';
import type { Belongings } from '../modules/belongings.ts';
import type { Chores } from '../modules/chores.ts';
import type { Credentials } from '../modules/credentials.ts';
import type { Families, FamilyBirths } from '../modules/families.ts';
import type { Challenge, Gate } from '../modules/gate.ts';
import type { Limits } from '../modules/limits.ts';
import type { Notices } from '../modules/notices.ts';
import type { OneTimeTokens } from '../modules/one-time-tokens.ts';
import type { RefreshTokens } from '../modules/refresh-tokens.ts';
import type { Sessions } from '../modules/sessions.ts';
import type { Subjects } from '../modules/subjects.ts';
import type { TokenVerifier } from '../modules/token-verifier.ts';
import type { Users } from '../modules/users.ts';
import type { WaysBack } from '../modules/ways-back.ts';
import type { BreachCheck } from '../ports/breach.ts';
import type { Clock } from '../ports/clock.ts';
import type {
  CredentialRecord,
  MfaStore,
  OAuthAccountStore,
  RefreshTokenStore,
  TrustedDevice,
} from '../ports/domain.ts';
import type { PasswordHasher } from '../ports/hasher.ts';
import type { Http } from '../ports/http.ts';
import type { Caller, Journal } from '../ports/journal.ts';
import type { KeyRing } from '../ports/keyring.ts';
import type { Transport } from '../ports/live-session.ts';
import type { ProviderGrant, WantedToken } from '../ports/provider-grant.ts';
import type { Random } from '../ports/random.ts';
import type { RecordStore } from '../ports/records.ts';
import type { TokenSigner } from '../ports/signer.ts';
import type { PageName, Settings } from './settings.ts';

/** Every module once, wired. */
export interface Modules {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly random: Random;
  readonly http: Http;
  readonly pause: (ms: number) => Promise<void>;
  /** How far `clock` is ahead of the platform's, which third parties read; milliseconds. */
  readonly clockSkewMs: () => number;
  readonly hasher: PasswordHasher | null;
  readonly breach: BreachCheck | null;
  readonly journal: Journal;
  readonly chores: Chores;
  readonly limits: Limits;
  readonly users: Users;
  readonly credentials: Credentials;
  readonly subjects: Subjects;
  readonly sessions: Sessions;
  readonly belongings: Belongings;
  readonly tokens: OneTimeTokens;
  /** Loads what links and mails are made with, ahead of the look-up that says whether there is anybody to mail to. */
  readonly prepareMail: () => Promise<void>;
  readonly waysBack: WaysBack;
  /** For features that keep records of their own. */
  readonly keys: KeyRing;
  readonly accountStore: OAuthAccountStore;
  readonly factorStore: MfaStore;
  readonly trustedStore: RecordStore<TrustedDevice>;
  readonly notices: Notices;
  readonly gate: Gate;
  readonly cookies: Cookies;
  readonly keep: Keepsakes;
  /** Where a new session may live; `cookie` alone where no feature issues tokens. */
  readonly transports: readonly Transport[];
  /** Of the feature that issues tokens. */
  readonly tokenModules: TokenModules | null;
  readonly checkProfile: CheckProfile;
  /** The page that a mail leads to, with its token: nothing of a request is in a link. */
  readonly linkTo: (page: PageName, token: string) => string;
}

type OnUser = (caller: Caller, userId: string) => Promise<{ readonly ok: true } | Refusal>;

/** What `createAuth` hands to a feature. */
export interface Kit extends Modules {
  /** Removes a user and all that is theirs. */
  readonly deleteUser: OnUser;
  /** The names of all features that are listed. */
  readonly features: readonly string[];
}

/** What a feature needs to issue tokens: made before the gate is, which is given their births. */
export interface TokenNeeds {
  readonly store: RefreshTokenStore;
  readonly keys: KeyRing;
  readonly clock: Clock;
  readonly random: Random;
  readonly issuer: string;
  /** A call of somebody else's service: late or failed, it becomes a `StoreUnavailableError`. */
  readonly bounded: <T>(operation: string, timeoutMs: number, call: () => Promise<T>) => Promise<T>;
}

export interface TokenModules {
  readonly families: Families;
  /** The sessions of both kinds. */
  readonly withFamilies: (sessions: Sessions) => Sessions;
  readonly access: AccessTokens;
  readonly refreshTokens: RefreshTokens;
  readonly verifier: TokenVerifier;
  readonly signer: TokenSigner;
}

export interface FeatureParts {
  readonly routes: readonly Route[];
  readonly pages: readonly Page[];
  /** What `auth.api.startReset` does, of the feature that has something to reset. */
  readonly startReset?: OnUser;
  /** Of the feature that issues tokens. */
  readonly bearer?: Bearer;
  /** What `POST /step-up` takes, of the feature that checks it. */
  readonly stepUp?: StepUpWay;
  /** What `auth.api.resetFactors` does, of the feature that has factors. */
  readonly resetFactors?: OnUser;
  /** What is still to be done for a user whose records are about to go. */
  readonly leaving?: (caller: Caller, credential: CredentialRecord) => Promise<void>;
  /** What `auth.api.providerToken` does, of the feature that has providers. */
  readonly providerToken?: (
    caller: Caller,
    wanted: WantedToken,
  ) => Promise<{ readonly ok: true; readonly grant: ProviderGrant } | Refusal>;
  /** Of the one feature that can take a second factor. */
  readonly challenge?: Challenge;
}

/** What the options of a feature have to fit to. */
export interface Around {
  readonly mode: 'production' | 'development';
  readonly profile: StandardSchema | null;
}

/** One entry of `features: [...]`: which flows and routes belong together. What is not listed is not in the bundle. */
export interface Feature {
  readonly name: string;
  /** What is wrong with the feature's own options. */
  check?(around: Around): readonly ConfigIssue[];
  /** Of the one feature that issues tokens; called once by `createAuth`, before `install`. */
  tokens?(needs: TokenNeeds): {
    /** For the gate and for nobody else. */
    readonly births: FamilyBirths;
    readonly modules: TokenModules;
  };
  /** Called once by `createAuth`. */
  install(kit: Kit): FeatureParts;
}
