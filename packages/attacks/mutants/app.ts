import {
  type Auth,
  type AuthMessage,
  type AuthOptions,
  createAuth,
  type JsonObject,
  memoryStores,
  type PasswordHasher,
  password,
  type StandardSchema,
  type Stores,
  totp,
} from '@sallyport/core';
import { inProcess, type Target } from '../src/index.ts';

export const origin = 'https://app.example.com';

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
}

/** What is wrong with an application; nothing, for the good one. */
export interface Change {
  readonly options?: Partial<Options>;
  readonly hasher?: (good: PasswordHasher) => PasswordHasher;
  readonly stores?: (good: Stores) => Stores;
  /** What is mailed instead of a message. */
  readonly mail?: (message: AuthMessage, outbox: readonly AuthMessage[]) => readonly AuthMessage[];
  readonly wrap?: (inner: Handle, app: App) => Handle;
}

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

/** Our own stack on memory stores, as a target of the suite; `change` spoils it. */
export const application = ({
  options = {},
  hasher = (good) => good,
  stores = (good) => good,
  mail = (one) => [one],
  wrap = (inner) => inner,
}: Change = {}): Target => {
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
  const handle = wrap(inner, { auth, stores: own, outbox, inner, now: () => now, advance });
  return inProcess({
    origin,
    handle,
    outbox: () => outbox.map((message) => ({ to: message.to, url: 'url' in message ? message.url : null })),
    settle: () => auth.drain(),
    work: () => hashes,
    advance,
    now: () => now,
  });
};
