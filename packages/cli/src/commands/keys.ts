import { type Command, type Io, type Outcome, textFlag, UsageError } from '../command.ts';

/** Members of RFC 7517 and 7518; the private half is `d`. */
type Jwk = Readonly<Record<string, unknown>>;

/** One entry of `AUTH_JWT_KEYS`. */
interface Key {
  readonly kid: string;
  readonly state: 'next' | 'active' | 'retired';
  readonly jwk: Jwk;
}

const algorithms = {
  EdDSA: { name: 'Ed25519' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
} as const;
type Alg = keyof typeof algorithms;

const flags = {
  alg: { type: 'string', value: 'ALG', help: 'EdDSA (default) or ES256' },
  kid: { type: 'string', value: 'KID', help: '1 to 64 letters, digits, "-" and "_"; random by default' },
} as const;

export const keysNew: Command = {
  name: 'keys new',
  summary: 'a new AUTH_JWT_KEYS with one key',
  help: `Prints a value for AUTH_JWT_KEYS: a JSON list with one key pair that signs. The private half is in it; keep it as you keep
AUTH_SECRETS.`,
  takes: [],
  flags,
  run: async (input) => outcome([await pair('active', algOf(textFlag(input, 'alg')), kidOf(textFlag(input, 'kid')))]),
};

export const keysRotate: Command = {
  name: 'keys rotate',
  summary: 'the next step of rotating AUTH_JWT_KEYS',
  help: `Reads AUTH_JWT_KEYS and prints the list after one step:

  no key is next   one is added: it is published, and does not sign yet
  a key is next    it signs from now on, the one that did is retired, and a new one is next

Give a step to every process, and wait until whoever verifies has fetched the published keys, before you take the next. A
retired key keeps its public half alone; --drop-retired removes those of earlier steps, once their last token has expired.`,
  takes: [],
  flags: { ...flags, 'drop-retired': { type: 'boolean', help: 'removes keys that are retired already' } },
  run: async (input, io) => {
    const keys = present(io);
    const kept = input.flags['drop-retired'] === true ? keys.filter(({ state }) => state !== 'retired') : keys;
    const alg = algOf(textFlag(input, 'alg') ?? algIn(keys));
    const added = await pair('next', alg, kidOf(textFlag(input, 'kid')));
    if (keys.some(({ kid }) => kid === added.kid)) throw new UsageError(`--kid ${added.kid} is in AUTH_JWT_KEYS`);
    const hasNext = keys.some(({ state }) => state === 'next');
    return outcome([...(hasNext ? kept.map(moved) : kept), added]);
  },
};

const outcome = (keys: readonly Key[]): Outcome => ({
  exit: 0,
  text: `${JSON.stringify(keys)}\n`,
  note: keys.map(({ kid, state }) => `${state.padEnd(8)}${kid}`).join('\n'),
  json: { AUTH_JWT_KEYS: keys },
});

const moved = (key: Key): Key => {
  if (key.state === 'next') return { ...key, state: 'active' };
  return { ...key, state: 'retired', jwk: publicHalf(key.jwk) };
};

/** What never signs again has no private half to lose. */
const publicHalf = ({ d: _, ...rest }: Jwk): Jwk => rest;

const pair = async (state: Key['state'], alg: Alg, kid: string): Promise<Key> => {
  const made = await crypto.subtle.generateKey(algorithms[alg], true, ['sign', 'verify']);
  if (!('privateKey' in made)) throw new Error('a pair was asked for');
  const { privateKey } = made;
  const { key_ops: _, ext: __, ...jwk } = await crypto.subtle.exportKey('jwk', privateKey);
  return { kid, state, jwk: { ...jwk, alg, use: 'sig' } };
};

const algOf = (word = 'EdDSA'): Alg => {
  if (word === 'EdDSA' || word === 'ES256') return word;
  throw new UsageError('--alg takes EdDSA or ES256');
};

/** 72 bits: two keys of one list never meet. */
const randomKid = (): string => Buffer.from(crypto.getRandomValues(new Uint8Array(9))).toString('base64url');

const kidOf = (word = randomKid()): string => {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(word)) return word;
  throw new UsageError('--kid takes 1 to 64 letters, digits, "-" and "_"');
};

/** What signs now; another algorithm has to be asked for. */
const algIn = (keys: readonly Key[]): string | undefined => {
  const { alg, crv } = keys.find(({ state }) => state === 'active')?.jwk ?? {};
  return typeof alg === 'string' ? alg : crv === 'P-256' ? 'ES256' : undefined;
};

const present = ({ env }: Io): readonly Key[] => {
  const keys = parsed(env['AUTH_JWT_KEYS'] ?? '');
  if (!Array.isArray(keys) || !keys.every(isKey)) {
    throw new UsageError('AUTH_JWT_KEYS is no JSON list of { kid, state: "next" | "active" | "retired", jwk }');
  }
  if (
    keys.filter(({ state }) => state === 'active').length !== 1 ||
    keys.filter(({ state }) => state === 'next').length > 1
  ) {
    throw new UsageError('AUTH_JWT_KEYS needs exactly one key that is active, and at most one that is next');
  }
  return keys;
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

const isKey = (entry: unknown): entry is Key => {
  const { kid, state, jwk } = Object(entry) as Partial<Record<keyof Key, unknown>>;
  const isKnown = state === 'next' || state === 'active' || state === 'retired';
  return typeof kid === 'string' && isKnown && typeof jwk === 'object' && jwk !== null;
};
