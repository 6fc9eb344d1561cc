import type { Hook } from '../api/hooks.ts';
import type { ClientIp } from '../api/request.ts';
import type { Background } from '../ports/background.ts';
import type { BreachCheck } from '../ports/breach.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventSink } from '../ports/events.ts';
import type { PasswordHasher } from '../ports/hasher.ts';
import type { Http } from '../ports/http.ts';
import type { Millis } from '../ports/json.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { Random } from '../ports/random.ts';
import type { Stores } from '../ports/stores.ts';
import type { Feature } from './feature.ts';

export interface PolicyOverride {
  /** How many at once. */
  readonly burst?: number;
  /** Then one every so many milliseconds. */
  readonly refillMs?: Millis;
  /** While the limiter's store is down: `allow` is possible for policies on addresses alone. */
  readonly onStoreError?: 'deny' | 'allow';
}

export interface AuthOptions<S> {
  /** Scheme, host and port that browsers see, e.g. `https://app.example.com`. Links and the origin check use this, never a request's `Host`. */
  readonly origin: string;
  /** `AUTH_SECRETS`: `"2:<base64url of 32 bytes or more>,1:<…>"`. The first signs, all verify. `undefined` is a configuration error with a code. */
  readonly secrets: string | readonly string[] | undefined;
  readonly stores: Stores;
  readonly notifier: Notifier;
  readonly features: readonly Feature[];
  /** A Standard Schema (zod, valibot, arktype, …) of the application's own fields; types `user.profile` everywhere. */
  readonly profile?: S;
  /** Where the routes are; default `/auth`. */
  readonly basePath?: string;
  /** Other origins that may send requests with credentials: one list for CSRF, CORS and absolute `returnTo`. Exact, no wildcard. */
  readonly trustedOrigins?: readonly string[];
  readonly clientIp?: ClientIp;
  /** Default `production`, whatever `NODE_ENV` says. */
  readonly mode?: 'production' | 'development';
  readonly session?: {
    /** Default 7 days without a request. */
    readonly idle?: Millis;
    /** Default 30 days since the sign-in; at most 400 (RFC 6265bis §5.5). */
    readonly absolute?: Millis;
    /** How often at most a request moves the idle deadline; default 5 minutes. */
    readonly touchEvery?: Millis;
    /** How long a process may believe a credential that it read; default 0, at most 60 seconds. */
    readonly revocationLag?: Millis;
    /** How long a proved factor counts as fresh; default 10 minutes. */
    readonly stepUpWindow?: Millis;
  };
  /** `verified` (default): the answer never tells whether an address is known, and the address must be confirmed before a sign-in. */
  readonly registration?: 'verified' | 'open' | 'closed';
  readonly events?: EventSink;
  readonly background?: Background;
  /** Pages of yours, as paths under `origin` or URLs under `trustedOrigins`. A link adds `?token=…`, an error `?code=…`. */
  readonly pages?: {
    readonly verifyEmail?: string;
    readonly resetPassword?: string;
    readonly changeEmail?: string;
    /** Opened from the mail that tells the old address of a change: the way back. */
    readonly revertEmail?: string;
    /** Where a form sign-in, or one by a provider, goes when a second factor is due: with `?challenge=…`. */
    readonly secondFactor?: string;
    readonly error?: string;
  };
  readonly hooks?: { readonly beforeRegister?: Hook; readonly beforeSession?: Hook };
  readonly limits?: { readonly [policy: string]: PolicyOverride };
  readonly lifetimes?: {
    /** Of the link that sets a new password; default 30 minutes. */
    readonly reset?: Millis;
    /** Of the links that confirm an address, at registration and at a change; default 24 hours. */
    readonly verify?: Millis;
    /** Of a sign-in that waits for its second factor; default and at most 10 minutes (ASVS 5.0, 6.5.5). */
    readonly challenge?: Millis;
    /** Of one sign-in at a provider, from its button to the way back; default 10 minutes. */
    readonly state?: Millis;
  };
  /** Bytes of a request body; default 16 KiB. */
  readonly bodyLimit?: number;
  /** For the password rules and mails. */
  readonly appName?: string;
  readonly breach?: BreachCheck;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly hasher?: PasswordHasher;
  /** For calls to providers; default: the platform's `fetch`, over https: alone, to no private address, with limits. */
  readonly http?: Http;
}
