import { inspect } from 'node:util';
import {
  type Auth,
  type AuthEvent,
  type AuthMessage,
  type AuthOptions,
  createAuth,
  type JsonObject,
  type OwnedRecordStore,
  type PasswordHasher,
  password,
  type RecordSpace,
  type StandardSchema,
  type StoredRecord,
  type Stores,
  StoreUnavailableError,
} from '../src/index.ts';
import { digest } from '../src/primitives/digest.ts';
import { freshStores } from './stores.ts';

export const origin = 'https://app.example.com';
export const goodPassword = 'correct horse battery staple';
export const otherPassword = 'wholly different pass phrase';

/**
 * Where test clocks start; what is created before one is moved has this for its first epoch. It lies in the future, so that a
 * database with lifetimes of its own takes nothing for expired that a test still needs.
 */
export const startOfTime: number = Date.UTC(2060, 0, 1);

/** A clock that stands until it is moved. */
export interface TestClock {
  now(): number;
  advance(ms: number): void;
  set(ms: number): void;
}

export const testClock = (start: number = startOfTime): TestClock => {
  let now = start;
  return {
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
    set: (ms) => {
      now = ms;
    },
  };
};

/** Every call of a store, a limiter or a hasher, as a word such as `users.get`, `credential.replace`, `limits.take`, `hash`. */
export type CallLog = string[];

/** Quick, and counted; writes strings that only it can check. `version` rises when the parameters do. */
export const testHasher = (log: CallLog, version: () => number = () => 1): PasswordHasher => ({
  hash: async (text) => {
    log.push('hash');
    return `$test$v=${version()}$${digest('hash', text)}`;
  },
  verify: async (text, encoded) => {
    log.push('verify');
    return encoded.split('$')[3] === digest('hash', text);
  },
  needsRehash: (encoded) => encoded.split('$')[2] !== `v=${version()}`,
});

export interface Instruments {
  /** Called before a store call is carried out; may wait (barriers), may throw (outages). */
  before(call: string): Promise<void>;
  /** Called after it was carried out, before its caller hears of it. */
  after(call: string): Promise<void>;
}

const quiet: Instruments = { before: async () => {}, after: async () => {} };

/** The stores with every call logged and, by `instruments`, delayed or failed. No joined reads: these are other objects. */
export const watchedStores = (inner: Stores, log: CallLog, instruments: Instruments = quiet): Stores => {
  const watch = <T extends object>(name: string, target: T): T =>
    new Proxy(target, {
      get: (object, key) => {
        const method: unknown = Reflect.get(object, key);
        if (typeof method !== 'function') return method;
        return async (...args: unknown[]) => {
          const call = `${name}.${String(key)}`;
          log.push(call);
          await instruments.before(call);
          const answer: unknown = await method.apply(object, args);
          await instruments.after(call);
          return answer;
        };
      },
    });
  const space = (target: RecordSpace): RecordSpace => ({
    open: <R extends StoredRecord>(kind: string): OwnedRecordStore<R> => watch(kind, target.open<R>(kind)),
  });
  return {
    users: watch('users', inner.users),
    durable: space(inner.durable),
    ephemeral: space(inner.ephemeral),
    rateLimits: watch('limits', inner.rateLimits),
  };
};

/** Fails the n-th store call (from 1), before or after it was carried out, and every later one until `heal`. */
export const crashAt = (
  n: number,
  when: 'before' | 'after',
): Instruments & { heal(): void; readonly fired: () => boolean } => {
  let count = 0;
  let down = false;
  let healed = false;
  const crash = (call: string) => {
    down = true;
    throw new StoreUnavailableError(call, { cause: new Error('planned crash') });
  };
  return {
    before: async (call) => {
      if (healed) return;
      count += 1;
      if (down || (when === 'before' && count === n)) crash(call);
    },
    after: async (call) => {
      // Calls that overlap are counted together: the first of them that comes back is the one.
      if (!healed && when === 'after' && count >= n) crash(call);
    },
    heal: () => {
      healed = true;
    },
    fired: () => down,
  };
};

export interface World {
  readonly auth: Auth<JsonObject>;
  readonly stores: Stores;
  readonly clock: TestClock;
  readonly log: CallLog;
  readonly outbox: AuthMessage[];
  readonly events: AuthEvent[];
  /** A browser of its own: a cookie jar, an address, same-origin requests. */
  browser(address?: string): Browser;
  /** Registers, confirms and signs in. */
  signedIn(email: string, secret?: string): Promise<Browser>;
  /** Registers and confirms. */
  confirmed(email: string, secret?: string): Promise<Browser>;
  /** The newest link mailed to an address. */
  tokenFor(email: string, type?: AuthMessage['type']): string;
}

export interface WorldOptions extends Partial<Omit<AuthOptions<StandardSchema<JsonObject>>, 'stores' | 'clock'>> {
  readonly inner?: Stores;
  readonly clock?: TestClock;
  readonly instruments?: Instruments;
  /** Hand the memory stores over as they are: joined reads work, nothing is logged. */
  readonly unwatched?: boolean;
}

export const testSecrets = '1:iL0bMz3v1Yw7cQ2n8R5tX9aKfPjHd4sGeUuVoWqNyTk';

/** One instance with everything observed. Its memory stores are fresh unless `inner` is given. */
export const world = (options: WorldOptions = {}): World => {
  const { inner = freshStores(), clock = testClock(), instruments, unwatched = false, ...rest } = options;
  const log: CallLog = [];
  const outbox: AuthMessage[] = [];
  const events: AuthEvent[] = [];
  const stores = unwatched ? inner : watchedStores(inner, log, instruments);
  const auth = createAuth<StandardSchema<JsonObject>>({
    origin,
    mode: 'development',
    secrets: testSecrets,
    stores,
    clock,
    notifier: {
      send: async (message) => {
        outbox.push(message);
      },
    },
    events: { emit: (event) => events.push(event) },
    hasher: testHasher(log),
    clientIp: 'peer',
    features: [password()],
    ...rest,
  });
  const tokenFor = (email: string, type: AuthMessage['type'] = 'verify_email'): string => {
    const message = outbox.findLast((candidate) => candidate.to === email && candidate.type === type);
    if (message === undefined || !('url' in message) || message.url === null) {
      throw new Error(`no ${type} for ${email} in ${inspect(outbox.map(({ to, type: sent }) => `${sent} ${to}`))}`);
    }
    return new URL(message.url).searchParams.get('token') ?? '';
  };
  const confirmed = async (email: string, secret = goodPassword): Promise<Browser> => {
    const browser = newBrowser(auth);
    await browser.post('/register', { email, password: secret });
    await auth.drain();
    const answer = await browser.post('/verify-email', { token: tokenFor(email) });
    if (answer.status !== 204) throw new Error(`confirmation answered ${answer.status} ${JSON.stringify(answer.body)}`);
    return browser;
  };
  return {
    auth,
    stores,
    clock,
    log,
    outbox,
    events,
    browser: (address) => newBrowser(auth, address),
    confirmed,
    signedIn: async (email, secret = goodPassword) => {
      const browser = await confirmed(email, secret);
      const answer = await browser.post('/login', { email, password: secret });
      if (answer.status !== 200) throw new Error(`login answered ${answer.status} ${JSON.stringify(answer.body)}`);
      await auth.drain();
      return browser;
    },
    tokenFor,
  };
};

export interface TestAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, text for a page, `null` for nothing. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
  readonly body: any;
  readonly cookies: readonly string[];
}

export interface Browser {
  readonly jar: Map<string, string>;
  address: string;
  get(path: string, headers?: Record<string, string>): Promise<TestAnswer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<TestAnswer>;
  delete(path: string, headers?: Record<string, string>): Promise<TestAnswer>;
  /** The headers that it would send, for `authenticate` and `require`. */
  headers(): Headers;
  /** Another browser with the same cookies. */
  copy(): Browser;
}

export const newBrowser = (
  auth: Auth<JsonObject>,
  address = '198.51.100.7',
  jar: Map<string, string> = new Map(),
): Browser => {
  const browser: Browser = {
    jar,
    address,
    get: (path, headers) => send('GET', path, undefined, headers),
    post: (path, body = {}, headers) =>
      send('POST', path, JSON.stringify(body), { 'content-type': 'application/json', ...headers }),
    delete: (path, headers) => send('DELETE', path, undefined, headers),
    headers: () => new Headers(cookieHeader()),
    copy: () => newBrowser(auth, browser.address, new Map(jar)),
  };
  const cookieHeader = (): Record<string, string> =>
    jar.size === 0 ? {} : { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') };
  const send = async (method: string, path: string, body?: string, headers: Record<string, string> = {}) => {
    const request = new Request(`${auth.origin}${auth.basePath}${path}`, {
      method,
      headers: {
        'sec-fetch-site': 'same-origin',
        origin: auth.origin,
        'user-agent': 'test',
        ...cookieHeader(),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    return read(await auth.handle(request, { peer: browser.address }), jar);
  };
  return browser;
};

/** Puts what an answer sets into the jar, as a browser does; returns the lines. */
export const keepCookies = ({ headers }: Response, jar: Map<string, string>): readonly string[] => {
  const cookies = headers.getSetCookie();
  for (const cookie of cookies) {
    const [pair = '', ...attributes] = cookie.split('; ');
    const at = pair.indexOf('=');
    if (attributes.includes('Max-Age=0')) jar.delete(pair.slice(0, at));
    else jar.set(pair.slice(0, at), pair.slice(at + 1));
  }
  return cookies;
};

const read = async (response: Response, jar: Map<string, string>): Promise<TestAnswer> => {
  const cookies = keepCookies(response, jar);
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  const body: unknown = text === '' ? null : isJson ? JSON.parse(text) : text;
  return { status: response.status, headers: response.headers, body, cookies };
};

/** How often each word is in the log. */
export const tally = (log: CallLog): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const call of log) counts[call] = (counts[call] ?? 0) + 1;
  return counts;
};
