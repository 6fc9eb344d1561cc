import { generateKeyPairSync, sign } from 'node:crypto';
import {
  type Auth,
  type AuthMessage,
  type AuthOptions,
  createAuth,
  type JsonObject,
  jwt,
  memoryStores,
  type PasswordHasher,
  password,
  type StandardSchema,
  type Stores,
  totp,
} from '@sallyport/core';
import { type OAuthOptions, oauth, oidc } from '@sallyport/core/oauth';
import { type Claims, inProcess, type LyingProvider, lyingProvider, type Target } from '../src/index.ts';

export const origin = 'https://app.example.com';

/** What sessions are carried by, and what people sign in at. */
export type Kind = 'sessions' | 'tokens' | 'provider';

export type Fetch = (request: Request) => Promise<Response>;
export type Handle = (request: Request, peer: string) => Promise<Response>;
type Options = AuthOptions<StandardSchema<JsonObject>>;

/** What a mutant may touch of the application that it spoils. */
export interface App {
  readonly auth: Auth<JsonObject>;
  readonly stores: Stores;
  readonly outbox: AuthMessage[];
  /** The handler before anything was spoiled. */
  readonly inner: Handle;
  now(): number;
  advance(ms: number): void;
  /** An access token as the application signs it. */
  sign(head: Claims, claims: Claims): string;
}

/** What is wrong with an application; nothing, for the good one. */
export interface Change {
  readonly options?: Partial<Options>;
  readonly hasher?: (good: PasswordHasher) => PasswordHasher;
  readonly stores?: (good: Stores) => Stores;
  /** What is mailed instead of a message. */
  readonly mail?: (message: AuthMessage, outbox: readonly AuthMessage[]) => readonly AuthMessage[];
  readonly wrap?: (inner: Handle, app: App) => Handle;
  readonly oauth?: OAuthOptions;
  /** What the application asks of its provider. */
  readonly fetch?: (good: Fetch, provider: LyingProvider) => Fetch;
}

/** The application with what an attack needs: access tokens, or a provider in the hand of the suite. */
export const applicationOf = async (kind: Kind, change: Change = {}): Promise<Target> => {
  if (kind === 'sessions') return application(change);
  const { privateKey } = generateKeyPairSync('ed25519');
  const jwk = privateKey.export({ format: 'jwk' }) as JsonObject;
  const signed: App['sign'] = (head, claims) => {
    const text = [head, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    return `${text}.${sign(null, Buffer.from(text), privateKey).toString('base64url')}`;
  };
  if (kind === 'tokens') {
    const keys = [{ kid: 'one', state: 'active' as const, jwk }];
    const features = [password(), jwt({ audience: 'https://api.example.com', keys })];
    return build({ ...change, options: { features, ...change.options } }, { sign: signed });
  }
  let now: () => number = Date.now;
  const provider = await lyingProvider({ issuer: 'http://127.0.0.1:4010', now: () => now() });
  const { fetch: spoil = (good: Fetch) => good } = change;
  const asked = spoil((request) => provider.handle(request), provider);
  const { issuer, clientId, clientSecret } = provider;
  const corp = oidc({ id: 'corp', issuer, clientId, clientSecret, emailDomains: ['attacks.example'] });
  const features = [password(), oauth([corp], change.oauth)];
  const target = build(
    { ...change, options: { features, http: { fetch: asked }, ...change.options } },
    { sign: signed, provider },
  );
  now = target.now;
  return target;
};

/** Quick; a text is its own hash, in a form that no answer may hold. */
const quickHasher = (count: () => void): PasswordHasher => ({
  hash: async (text) => {
    count();
    return `$test$${text}`;
  },
  verify: async (text, encoded) => {
    count();
    return encoded === `$test$${text}`;
  },
  needsRehash: () => false,
});

interface Held {
  readonly sign: App['sign'];
  readonly provider?: LyingProvider;
}

const none: Held = {
  sign: () => {
    throw new Error('this application signs no tokens');
  },
};

/** Our own stack on memory stores, as a target of the suite; `change` spoils it. */
export const application = (change: Change = {}): Target => build(change, none);

const build = (change: Change, { sign: signed, provider }: Held): Target => {
  const {
    options = {},
    hasher = (good) => good,
    stores = (good) => good,
    mail = (one) => [one],
    wrap = (inner) => inner,
  }: Change = change;
  let now = Date.UTC(2060, 0, 1);
  let hashes = 0;
  const outbox: AuthMessage[] = [];
  const own = stores(memoryStores());
  const auth = createAuth<StandardSchema<JsonObject>>({
    origin,
    mode: 'development',
    secrets: '1:iL0bMz3v1Yw7cQ2n8R5tX9aKfPjHd4sGeUuVoWqNyTk',
    stores: own,
    clock: { now: () => now },
    notifier: {
      send: async (message) => {
        outbox.push(...mail(message, outbox));
      },
    },
    hasher: hasher(
      quickHasher(() => {
        hashes += 1;
      }),
    ),
    clientIp: 'peer',
    features: [password(), totp({ issuer: 'Example' })],
    ...options,
  });
  const inner: Handle = (request, peer) => auth.handle(request, { peer });
  const advance = (ms: number): void => {
    now += ms;
  };
  const handle = wrap(inner, { auth, stores: own, outbox, inner, now: () => now, advance, sign: signed });
  return inProcess({
    origin,
    handle,
    outbox: () => outbox.map((message) => ({ to: message.to, url: 'url' in message ? message.url : null })),
    settle: () => auth.drain(),
    work: () => hashes,
    advance,
    now: () => now,
    ...(provider === undefined ? {} : { provider }),
  });
};
