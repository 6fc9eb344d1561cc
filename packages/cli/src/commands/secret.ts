import { AuthConfigError, createAuth, memoryStores, password } from '@sallyport/core';
import { type Command, type Io, type Outcome, UsageError } from '../command.ts';

export const secret: Command = {
  name: 'secret',
  summary: 'a new AUTH_SECRETS, or one more in front of it',
  help: `Prints a value for AUTH_SECRETS: 32 random bytes with an id.

With --rotate it reads AUTH_SECRETS and puts a new entry in front: that one signs from now on, all verify. Drop the old
entry once what it signed has expired.

  export AUTH_SECRETS="$(npx @sallyport/cli secret)"`,
  takes: [],
  flags: { rotate: { type: 'boolean', help: 'reads AUTH_SECRETS, keeps its entries' } },
  run: async ({ flags }, io) => {
    const old = flags['rotate'] === true ? present(io) : [];
    const value = [`${nextKid(old)}:${fresh()}`, ...old.map(({ kid, text }) => `${kid}:${text}`)].join(',');
    const note = old.length === 0 ? undefined : `${old.length} kept; give this to every process before you drop any`;
    return outcome(value, note);
  },
};

const outcome = (value: string, note: string | undefined): Outcome => ({
  exit: 0,
  text: `${value}\n`,
  json: { AUTH_SECRETS: value },
  ...(note === undefined ? {} : { note }),
});

interface Entry {
  readonly kid: string;
  readonly text: string;
}

/** 256 bits (RFC 2104 §3: HMAC-SHA-256 gains nothing from more). */
const fresh = (): string => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url');

const present = ({ env }: Io): readonly Entry[] => {
  const given = env['AUTH_SECRETS'] ?? '';
  const flaw = flawOf(given);
  if (flaw !== null) throw new UsageError(`AUTH_SECRETS cannot be rotated: ${flaw}`);
  const entries = given.split(',').map((entry) => entry.trim());
  return entries.filter((entry) => entry !== '').map(entryOf);
};

/** An entry without an id is the one that the core reads as "1". */
const entryOf = (entry: string): Entry => {
  const [kid, text] = entry.includes(':') ? entry.split(':') : ['1', entry];
  return { kid: kid ?? '', text: text ?? '' };
};

/** The core itself says what it takes: a list is never judged by two parsers. */
const flawOf = (secrets: string): string | null => {
  try {
    createAuth({
      mode: 'development',
      origin: 'http://localhost',
      secrets,
      stores: memoryStores(),
      notifier: { send: async () => {} },
      features: [password()],
    });
    return null;
  } catch (error) {
    if (!(error instanceof AuthConfigError)) throw error;
    return error.issues.map(({ code, message }) => `${code}: ${message}`).join(' ');
  }
};

const nextKid = (entries: readonly Entry[]): string => {
  const numbers = entries.map(({ kid }) => (/^\d{1,9}$/.test(kid) ? Number(kid) : 0));
  return `${Math.max(0, ...numbers) + 1}`;
};
