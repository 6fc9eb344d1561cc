import { type MfaFactor, type OwnedRecordStore, password, type TrustedDevice, totp } from '../src/index.ts';
import { totpCode } from '../src/primitives/totp.ts';
import { type Browser, goodPassword, type TestAnswer, type World, type WorldOptions, world } from './harness.ts';
import { type Holds, holds } from './probes.ts';

export const stepMs = 30_000;

/** A world in which accounts can have second factors. */
export const mfaWorld = (options: WorldOptions = {}): World =>
  world({ features: [password(), totp({ issuer: 'Example' })], ...options });

export const heldMfaWorld = (options: Omit<WorldOptions, 'instruments'> = {}): World & Pick<Holds, 'hold'> => {
  const instruments = holds();
  return { ...mfaWorld({ ...options, instruments }), hold: instruments.hold };
};

/** An authenticator app: what the URI told it, and the server's time. */
export interface App {
  readonly id: string;
  readonly secret: string;
  readonly uri: string;
  code(offset?: number): string;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 4648 §6, read without the library that wrote it. */
export const fromBase32 = (text: string): Uint8Array => {
  const bits = [...text].map((char) => alphabet.indexOf(char).toString(2).padStart(5, '0')).join('');
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
};

export const appOf = (w: Pick<World, 'clock'>, enrolled: TestAnswer): App => {
  if (enrolled.status !== 201) throw new Error(`enrol answered ${enrolled.status} ${JSON.stringify(enrolled.body)}`);
  const { factorId: id, secret, uri } = enrolled.body;
  const bytes = fromBase32(secret);
  return {
    ...{ id, secret, uri },
    code: (offset = 0) => totpCode(bytes, Math.floor(w.clock.now() / stepMs) + offset),
  };
};

/** A code that none of the three steps has. */
export const wrongCode = (app: App): string => {
  const right = [-1, 0, 1].map((offset) => app.code(offset));
  for (let n = 0; ; n += 1) {
    const code = String(n).padStart(6, '0');
    if (!right.includes(code)) return code;
  }
};

export interface Enrolled {
  readonly browser: Browser;
  readonly app: App;
  readonly codes: readonly string[];
}

/** Adds an app to whoever is signed in, and lets the step of its first code pass. */
export const enrol = async (w: World, browser: Browser): Promise<Enrolled> => {
  const app = appOf(w, await browser.post('/mfa/totp', {}));
  const answer = await browser.post(`/mfa/totp/${app.id}/confirm`, { code: app.code() });
  if (answer.status !== 200) throw new Error(`confirm answered ${answer.status} ${JSON.stringify(answer.body)}`);
  w.clock.advance(2 * stepMs);
  await w.auth.drain();
  return { browser, app, codes: answer.body.recoveryCodes };
};

/** Registers, confirms, signs in and enrols. */
export const withFactor = async (w: World, email: string): Promise<Enrolled> => enrol(w, await w.signedIn(email));

/** The password alone, in a browser of its own: what comes back is a challenge. */
export const halfway = async (
  w: World,
  email: string,
  browser: Browser = w.browser(),
): Promise<{ readonly browser: Browser; readonly challenge: string }> => {
  const answer = await browser.post('/login', { email, password: goodPassword });
  if (answer.body?.status !== 'mfa_required')
    throw new Error(`login answered ${answer.status} ${JSON.stringify(answer.body)}`);
  return { browser, challenge: answer.body.challenge };
};

export const second = (
  { browser, challenge }: { readonly browser: Browser; readonly challenge: string },
  code: string,
  method: 'totp' | 'recovery_code' = 'totp',
): Promise<TestAnswer> => browser.post('/login/mfa', { challenge, method, code });

/** Signs in with both factors, in a browser of its own. */
export const signedInTwice = async (w: World, email: string, app: App): Promise<Browser> => {
  const way = await halfway(w, email);
  const answer = await second(way, app.code());
  if (answer.status !== 200) throw new Error(`login/mfa answered ${answer.status} ${JSON.stringify(answer.body)}`);
  w.clock.advance(2 * stepMs);
  await w.auth.drain();
  return way.browser;
};

export const factorsOf = (w: World): OwnedRecordStore<MfaFactor> => w.stores.durable.open<MfaFactor>('mfa_factor');
export const trustedOf = (w: World): OwnedRecordStore<TrustedDevice> =>
  w.stores.ephemeral.open<TrustedDevice>('trusted');
export const eventsOf = (w: World, name: string): World['events'] => w.events.filter((event) => event.name === name);
