import type { Background } from '../ports/background.ts';
import type { BreachCheck } from '../ports/breach.ts';
import type { Clock } from '../ports/clock.ts';
import type { Aal, ClientHint } from '../ports/domain.ts';
import type { EventSink } from '../ports/events.ts';
import type { PasswordHasher } from '../ports/hasher.ts';
import type { Http } from '../ports/http.ts';
import type { JsonObject, Millis } from '../ports/json.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { Random } from '../ports/random.ts';
import type { Stores } from '../ports/stores.ts';
import type { Feature } from './feature.ts';

/** What the runtime knows of a request beyond the request itself. */
export interface RequestContext {
  /** The socket's peer, when the runtime knows it. */
  readonly peer?: string | null;
  /** Keeps a task alive past the response. */
  readonly waitUntil?: (task: Promise<unknown>) => void;
}

/**
 * Where the client's address comes from; stated, never guessed. `peer`: the socket. `header`: one value that the platform
 * sets. `forwardedFor`: `X-Forwarded-For` walked from the right, past this many proxies, or past these networks. `none`:
 * unknown, so that nothing is limited by address.
 */
export type ClientIp =
  | 'peer'
  | { readonly header: string }
  | { readonly forwardedFor: number | readonly string[] }
  | 'none';

export interface HookInput {
  readonly loginKey: string | null;
  readonly userId: string | null;
  readonly profile: JsonObject;
  readonly client: ClientHint;
}

/** `null` = go on; a word = refuse, and the word is the `detail` of the answer. */
export type Hook = (input: HookInput) => Promise<string | null>;

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
  /** Pages of yours, as paths under `origin` or URLs under `trustedOrigins`. A link adds `?token=…`; an error `?code=…`. */
  readonly pages?: {
    readonly verifyEmail?: string;
    readonly resetPassword?: string;
    readonly changeEmail?: string;
    readonly secondFactor?: string;
    readonly error?: string;
  };
  readonly hooks?: { readonly beforeRegister?: Hook; readonly beforeSession?: Hook };
  readonly limits?: { readonly [policy: string]: PolicyOverride };
  readonly lifetimes?: {
    readonly reset?: Millis;
    /** Of the link that confirms an address; default 24 hours. */
    readonly verify?: Millis;
    readonly challenge?: Millis;
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
  readonly http?: Http;
}

/** What a route or a handler asks of the identity. */
export interface Requirement {
  readonly aal?: Aal;
  /** A factor was proved within this many milliseconds. Reads the credential without lag. */
  readonly fresh?: Millis;
  /** Reads the credential without lag. */
  readonly live?: boolean;
}
