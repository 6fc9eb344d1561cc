import type {
  AuthMessage,
  CredentialRecord,
  OneTimeToken,
  OwnedRecordStore,
  SessionRecord,
  UserRecord,
} from '../src/index.ts';
import {
  type Browser,
  type CallLog,
  goodPassword,
  type Instruments,
  type World,
  type WorldOptions,
  world,
} from './harness.ts';

/** What a client can see of an answer: all of it but the values that are drawn at random. */
export interface Sight {
  readonly status: number;
  readonly body: unknown;
  readonly headers: readonly (readonly [string, string])[];
  /** Names and attributes; the values are masked. */
  readonly cookies: readonly string[];
}

/** An answer with the calls that were made until it was there: what is done afterwards is not in it. */
export interface Probed extends Sight {
  readonly work: readonly string[];
}

export interface Ask {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly address?: string | null;
}

export const requestTo = (w: World, path: string, { method = 'POST', body, headers = {} }: Ask = {}): Request =>
  new Request(`${w.auth.origin}${w.auth.basePath}${path}`, {
    method,
    headers: {
      'sec-fetch-site': 'same-origin',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

/** One request, and what could be seen and counted of it at the very moment of its answer. */
export const probe = async (w: World, path: string, ask: Ask = {}): Promise<Probed> => {
  const start = w.log.length;
  const { response, work } = await w.auth
    .handle(requestTo(w, path, ask), { peer: ask.address === undefined ? '198.51.100.7' : ask.address })
    .then((answer) => ({ response: answer, work: w.log.slice(start) }));
  return { ...(await sightOf(response)), work };
};

export const sightOf = async (response: Response): Promise<Sight> => {
  const text = await response.text();
  const body: unknown = text === '' ? null : JSON.parse(text);
  const masked = typeof body === 'object' && body !== null && 'requestId' in body ? { ...body, requestId: '*' } : body;
  const headers = [...response.headers]
    .filter(([name]) => name !== 'set-cookie')
    .map(([name, value]) => [name, name === 'auth-request-id' ? '*' : value] as const);
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.replace(/=[^;]*/, '=*'));
  return { status: response.status, body: masked, headers, cookies };
};

const writing = /\.(?:create|replace|delete|take|reset|sweep)$/;

/** The calls of a log that change a store; a take of a limiter is one. */
export const writesIn = (log: readonly string[]): readonly string[] => log.filter((call) => writing.test(call));

/** The store calls of a log that are no takes. */
export const storeCallsIn = (log: readonly string[]): readonly string[] =>
  log.filter((call) => call.includes('.') && !call.startsWith('limits.'));

export const codesOf = (
  answers: readonly { readonly status: number; readonly body: unknown }[],
): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { status, body } of answers) {
    const code = typeof body === 'object' && body !== null && 'code' in body ? ` ${String(body.code)}` : '';
    counts[`${status}${code}`] = (counts[`${status}${code}`] ?? 0) + 1;
  }
  return counts;
};

export const times = <T>(n: number, make: (index: number) => T): T[] =>
  Array.from({ length: n }, (_, index) => make(index));

/** An address of its own for every number: no two share a limiter's bucket. */
export const addressOf = (n: number): string => `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;

/** One call of a store that waits. */
export interface Held {
  /** The call is there and waits. */
  readonly reached: Promise<void>;
  release(): void;
}

export interface Holds extends Instruments {
  /** Holds the next call of that name: before it is carried out, or between that and the moment its caller hears of it. */
  hold(call: string, when?: 'before' | 'after'): Held;
}

/** Instruments that let a test choose how calls interleave. */
export const holds = (): Holds => {
  const waiting: { readonly call: string; readonly when: string; reach(): void; readonly released: Promise<void> }[] =
    [];
  const pass = async (call: string, when: string): Promise<void> => {
    const at = waiting.findIndex((one) => one.call === call && one.when === when);
    const [found] = at < 0 ? [] : waiting.splice(at, 1);
    if (found === undefined) return;
    found.reach();
    await found.released;
  };
  return {
    before: (call) => pass(call, 'before'),
    after: (call) => pass(call, 'after'),
    hold: (call, when = 'before') => {
      let reach = (): void => {};
      let release = (): void => {};
      const reached = new Promise<void>((resolve) => {
        reach = resolve;
      });
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      waiting.push({ call, when, reach, released });
      return { reached, release };
    },
  };
};

/** `hold`, and a world in which it works. */
export const heldWorld = (options: Omit<WorldOptions, 'instruments'> = {}): World & Pick<Holds, 'hold'> => {
  const instruments = holds();
  return { ...world({ ...options, instruments }), hold: instruments.hold };
};

/** Every state that an account can be in, one each: no answer may tell them apart before a right password. */
export const accountKinds = ['known', 'unknown', 'unverified', 'disabled', 'passwordless'] as const;
export type AccountKind = (typeof accountKinds)[number];
export const emailOf = (kind: AccountKind): string => `${kind}@example.com`;

/** Makes them, and makes the decoy with a first login, so that none of them pays for it. */
export const withEveryKind = async <W extends World>(w: W): Promise<W> => {
  await w.confirmed(emailOf('known'));
  await w.confirmed(emailOf('disabled'));
  await w.auth.api.setDisabled((await userOf(w, emailOf('disabled'))).id, true);
  await w.browser('203.0.113.50').post('/register', { email: emailOf('unverified'), password: goodPassword });
  await createPasswordless(w, emailOf('passwordless'));
  await w.browser('203.0.113.51').post('/login', { email: 'nobody@example.com', password: goodPassword });
  await w.auth.drain();
  w.outbox.length = 0;
  w.events.length = 0;
  return w;
};

const createPasswordless = async (w: World, email: string): Promise<void> => {
  const now = w.clock.now();
  const id = `usr_${'p'.repeat(22)}`;
  await w.stores.users.create({
    id,
    version: 1,
    loginKey: email,
    email,
    emailVerifiedAt: now,
    createdAt: now,
    profile: {},
  });
  await credentialsOf(w).create(newCredential(id, null));
};

export const newCredential = (id: string, password: string | null): CredentialRecord => ({
  id,
  userId: id,
  version: 1,
  expiresAt: null,
  epoch: 1,
  password,
  passwordChangedAt: null,
  accounts: [],
  factors: [],
  disabledAt: null,
});

export const credentialsOf = (w: World): OwnedRecordStore<CredentialRecord> =>
  w.stores.durable.open<CredentialRecord>('credential');
export const sessionsOf = (w: World): OwnedRecordStore<SessionRecord> =>
  w.stores.ephemeral.open<SessionRecord>('session');
export const tokensOf = (w: World): OwnedRecordStore<OneTimeToken> => w.stores.ephemeral.open<OneTimeToken>('one_time');

export const userOf = async (w: World, loginKey: string): Promise<UserRecord> => {
  const user = await w.stores.users.findByLoginKey(loginKey);
  if (user === null) throw new Error(`no user ${loginKey}`);
  return user;
};

export const mailsTo = (w: World, email: string): readonly AuthMessage['type'][] =>
  w.outbox.filter(({ to }) => to === email).map(({ type }) => type);

export const sessionName = '__Host-session';

export const sessionCookieOf = (browser: Browser, name: string = sessionName): string => {
  const value = browser.jar.get(name);
  if (value === undefined) throw new Error('this browser has no session cookie');
  return value;
};

/** Whether that session cookie still opens anything: asked of the library and of a route. */
export const isAlive = async (w: World, cookie: string): Promise<boolean> => {
  const headers = { cookie: `${sessionName}=${cookie}` };
  const identity = await w.auth.authenticate(new Headers(headers));
  const { body } = await probe(w, '/session', { method: 'GET', headers });
  const seen = (body as { readonly user: unknown }).user !== null;
  if (seen !== (identity !== null)) throw new Error('authenticate and GET /session disagree');
  return seen;
};

/** The code of what a promise was rejected with. */
export const refusalOf = async (task: Promise<unknown>): Promise<string> => {
  try {
    await task;
  } catch (error) {
    const problem = error instanceof Error && 'problem' in error ? (error.problem as { readonly code: string }) : null;
    return problem === null ? String(error) : problem.code;
  }
  return 'not refused';
};

export const cleared = (log: CallLog): CallLog => {
  log.length = 0;
  return log;
};
