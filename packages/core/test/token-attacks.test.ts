import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { AuthProblem, type Jwks, verifyAccessToken } from '../src/verify.ts';
import { origin, type World } from './harness.ts';
import { type KeyService, keyService, remote } from './jwks.ts';
import { audience, bearer, program, testKeys, tokenWorld } from './tokens.ts';

/**
 * attacks: JWT-01 to JWT-18. Every token goes to a service that only verifies and to our own routes: refused by both, and
 * neither a key is asked for nor a store on account of it.
 */
const email = 'alice@example.org';
const jwkOf = (kid: string) => testKeys.find((key) => key.kid === kid)?.jwk ?? {};
const privateKey = createPrivateKey({ key: jwkOf('one'), format: 'jwk' });
const publicKey = createPublicKey(privateKey);

const b64 = (value: unknown): string =>
  Buffer.from(typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value)).toString(
    'base64url',
  );
const signed = (header: unknown, claims: unknown, key: KeyObject = privateKey): string => {
  const input = `${b64(header)}.${b64(claims)}`;
  return `${input}.${sign(null, Buffer.from(input), key).toString('base64url')}`;
};

let w: World;
let keys: KeyService;
let jwks: Jwks;
let good: string;
let claims: Record<string, unknown>;
const header = { alg: 'EdDSA', kid: 'one', typ: 'at+jwt' };

const codeOf = async (token: string, set = jwks): Promise<string> => {
  try {
    await verifyAccessToken(token, { issuer: origin, audience, jwks: set });
    return 'accepted';
  } catch (error) {
    if (!(error instanceof AuthProblem)) throw error;
    expect(error.toResponse().headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    return error.problem.code;
  }
};

/** Refused by both, with this code, and no I/O but the one load of the keys that `warm` was for. */
const refused = async (token: string, code = 'access_token_invalid'): Promise<void> => {
  w.log.length = 0;
  const before = keys.count;
  expect([token.slice(0, 80), await codeOf(token)]).toEqual([token.slice(0, 80), code]);
  expect(keys.count).toBe(before);
  const headers = new Headers();
  try {
    headers.set('authorization', bearer(token)['authorization'] ?? '');
  } catch {
    return;
  }
  const answer = await w.browser().get('/sessions', Object.fromEntries(headers));
  expect([token.slice(0, 80), answer.status]).toEqual([token.slice(0, 80), 401]);
  expect(answer.body.code).toBe(code);
  expect(w.log).toEqual([]);
};

beforeEach(async () => {
  w = tokenWorld();
  await w.confirmed(email);
  const own = program(w.auth);
  await own.login(email);
  await w.auth.drain();
  good = own.accessToken;
  claims = JSON.parse(Buffer.from(good.split('.')[1] ?? '', 'base64url').toString());
  keys = keyService();
  jwks = remote(keys, w.clock);
  expect(await codeOf(good)).toBe('accepted');
  expect(signed(header, claims)).toBe(good);
});

describe('JWT-01: no signature', () => {
  it.each([
    'none',
    'None',
    'NONE',
    'nOnE',
    '',
    ' none',
    'none ',
    'HS256',
    'RS256',
    'ES256',
    'Ed25519',
    'eddsa',
    null,
    ['EdDSA'],
    {},
  ])('alg %j', async (alg) => {
    const [, body = '', signature = ''] = good.split('.');
    for (const end of ['', signature, 'AA']) await refused(`${b64({ ...header, alg })}.${body}.${end}`);
    await refused(signed({ ...header, alg }, claims));
  });

  it('two parts, one, none, and no alg', async () => {
    const [head = '', body = ''] = good.split('.');
    for (const token of [`${head}.${body}`, `${head}.${body}.`, head, '', '.', '..', `.${body}.`]) await refused(token);
    await refused(signed({ kid: 'one', typ: 'at+jwt' }, claims));
  });
});

describe('JWT-02: the public key as a secret', () => {
  it('in every encoding', async () => {
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const der = publicKey.export({ type: 'spki', format: 'der' });
    const jwk = publicKey.export({ format: 'jwk' });
    const secrets = [
      ...[pem, `${pem}\n`, ` ${pem}`, `\n${pem}`, pem.trim(), pem.replaceAll('\n', '\r\n'), der],
      ...[der.toString('base64'), JSON.stringify(jwk), jwk.x ?? '', Buffer.from(jwk.x ?? '', 'base64url')],
    ];
    for (const alg of ['HS256', 'HS384', 'HS512', 'EdDSA']) {
      for (const secret of secrets) {
        const input = `${b64({ ...header, alg })}.${b64(claims)}`;
        const hash = alg === 'EdDSA' ? 'sha256' : `sha${alg.slice(2)}`;
        await refused(`${input}.${createHmac(hash, secret).update(input).digest('base64url')}`);
      }
    }
  });

  it('another kind of key under a known kid', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const input = `${b64({ ...header, alg: 'RS256' })}.${b64(claims)}`;
    await refused(`${input}.${sign('sha256', Buffer.from(input), rsa).toString('base64url')}`);
    await refused(signed(header, claims, generateKeyPairSync('ed25519').privateKey));
    // The other key of the set is not this one.
    await refused(signed({ ...header, kid: 'two' }, claims));
  });

  it('JWT-14: r = s = 0 of ECDSA', async () => {
    const { publicKey: p256 } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    keys.answer = () => Response.json({ keys: [{ ...p256.export({ format: 'jwk' }), kid: 'ec' }] });
    const fresh = remote(keys, w.clock);
    const input = `${b64({ ...header, alg: 'ES256', kid: 'ec' })}.${b64(claims)}`;
    for (const bytes of [Buffer.alloc(64), Buffer.alloc(64, 0xff), Buffer.alloc(0), Buffer.alloc(65), Buffer.alloc(63)])
      expect(await codeOf(`${input}.${bytes.toString('base64url')}`, fresh)).toBe('access_token_invalid');
  });
});

describe('JWT-03: weak keys', () => {
  it('HMAC and short RSA keys are none, in a set and in the configuration', async () => {
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const input = `${b64({ ...header, alg: 'RS256', kid: 'rsa' })}.${b64(claims)}`;
    const token = `${input}.${sign('sha256', Buffer.from(input), short.privateKey).toString('base64url')}`;
    keys.answer = () =>
      Response.json({
        keys: [
          { ...short.publicKey.export({ format: 'jwk' }), kid: 'rsa' },
          { kty: 'oct', k: b64('secret'), kid: 'oct' },
        ],
      });
    const fresh = remote(keys, w.clock);
    expect(await codeOf(token, fresh)).toBe('access_token_invalid');
    for (const jwk of [short.privateKey.export({ format: 'jwk' }), { kty: 'oct', k: b64('0'.repeat(32)) }])
      expect(() => tokenWorld({}, { keys: JSON.stringify([{ kid: 'a', state: 'active', jwk }]) })).toThrow(
        'jwt_signer_invalid',
      );
  });
});

describe('JWT-04, JWT-05, JWT-13: keys and rules that a token brings along', () => {
  it.each<[string, Record<string, unknown>]>([
    ['jwk', { jwk: publicKey.export({ format: 'jwk' }) }],
    ['jku', { jku: 'https://evil.example/jwks.json' }],
    ['x5u', { x5u: 'https://evil.example/cert.pem' }],
    ['x5c', { x5c: ['MIIB'] }],
    ['x5t', { x5t: 'AAAA' }],
    ['crit', { crit: ['exp'] }],
    ['crit, empty', { crit: [] }],
    ['b64', { b64: false, crit: ['b64'] }],
    ['zip', { zip: 'DEF' }],
    ['cty', { cty: 'JWT' }],
    ['enc', { enc: 'A256GCM' }],
    ['__proto__', JSON.parse('{"__proto__":{"kid":"one"}}')],
  ])('%s', async (_name, more) => {
    await refused(signed({ ...header, ...more }, claims));
    await refused(signed({ ...more, ...header, kid: 'unknown' }, claims));
  });

  it.each([
    '../../dev/null',
    '/dev/null',
    "' OR 1=1--",
    'one\0',
    'one ',
    'ONE'.repeat(100),
    '',
    'a'.repeat(1_000_000),
    0,
    null,
    ['one'],
    { toString: 'one' },
    true,
  ])('kid %j', async (kid) => {
    await refused(signed({ ...header, kid }, claims));
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'kid %s is looked for, and not found',
    async (kid) => {
      expect(await codeOf(signed({ ...header, kid }, claims))).toBe('access_token_invalid');
    },
  );

  it('header or claims that are no object', async () => {
    for (const part of ['null', '[]', '"x"', '1', '{', '', '{"alg":"EdDSA"}{}']) {
      await refused(signed(part, claims));
      await refused(signed(header, part));
    }
  });
});

describe('JWT-06: issuer and audience are exact', () => {
  it.each<Record<string, unknown>>([
    { iss: undefined },
    { iss: [origin] },
    { iss: ['https://good.example', origin] },
    { iss: `${origin}/` },
    { iss: origin.toUpperCase() },
    { iss: { toString: origin } },
    { aud: undefined },
    { aud: null },
    { aud: [] },
    { aud: [audience] },
    { aud: [audience, 'https://other.example'] },
    { aud: { 0: audience } },
    { aud: 'https://other.example' },
    { aud: '' },
    { sub: undefined },
    { sub: '' },
    { sub: 1 },
    { sid: undefined },
    { sid: {} },
    { aal: 3 },
    { aal: '1' },
    { amr: 'pwd' },
    { amr: [1] },
    { client_id: 7 },
  ])('%j', async (more) => {
    await refused(signed(header, { ...claims, ...more }));
  });

  it('nothing is verified without both', async () => {
    for (const options of [
      { issuer: '', audience },
      { issuer: origin, audience: '' },
      { issuer: undefined, audience },
    ])
      await expect(
        verifyAccessToken(good, { ...(options as { issuer: string; audience: string }), jwks }),
      ).rejects.toThrow(TypeError);
    for (const given of ['', ' ', undefined])
      expect(() => tokenWorld({}, { audience: given as string })).toThrow('jwt_audience_missing');
  });

  it('a token that was good for one audience is not remembered for another', async () => {
    await expect(verifyAccessToken(good, { issuer: origin, audience: 'https://other.example', jwks })).rejects.toThrow(
      'access_token_invalid',
    );
  });
});

describe('JWT-07, JWT-17: another kind of token', () => {
  it.each([
    'JWT',
    'jwt',
    'AT+JWT',
    'application/at+jwt',
    'at+jwt ',
    'logout+jwt',
    'refresh',
    '',
    undefined,
    null,
    ['at+jwt'],
  ])('typ %j', async (typ) => {
    await refused(signed({ ...header, typ }, claims));
  });

  it('every other token and cookie of ours, as a bearer', async () => {
    const browser = await w.signedIn('bob@example.org');
    const own = program(w.auth);
    await own.login(email);
    await browser.post('/forgot-password', { email });
    await w.auth.drain();
    const others = [...browser.jar.values(), own.refreshToken, w.tokenFor(email, 'reset_password')];
    expect(others.length).toBeGreaterThan(4);
    for (const token of others) await refused(token);
    // And an access token where those belong.
    for (const name of browser.jar.keys()) browser.jar.set(name, own.accessToken);
    browser.jar.set('__Host-refresh', own.accessToken);
    expect((await browser.get('/session')).body.user).toBeNull();
    expect((await browser.post('/refresh')).body.code).toBe('refresh_invalid');
    expect((await own.send('POST', '/refresh', { refreshToken: own.accessToken })).status).toBe(422);
  });
});

describe('JWT-08: dates', () => {
  it.each<[string, (now: number) => Record<string, unknown>]>([
    ['exp text', (now) => ({ exp: String(now + 60) })],
    ['exp fraction', (now) => ({ exp: now + 60.5 })],
    ['exp negative', () => ({ exp: -1 })],
    ['exp missing', () => ({ exp: undefined })],
    ['exp null', () => ({ exp: null })],
    ['exp true', () => ({ exp: true })],
    ['exp beyond whole numbers', () => ({ exp: 2 ** 53 })],
    ['exp before iat', (now) => ({ iat: now + 30, exp: now + 20 })],
    ['iat missing', () => ({ iat: undefined })],
    ['iat far ahead', (now) => ({ iat: now + 61, exp: now + 600 })],
    ['auth_time far ahead', (now) => ({ auth_time: now + 61 })],
    ['auth_time missing', () => ({ auth_time: undefined })],
    ['nbf ahead', (now) => ({ nbf: now + 61 })],
    ['nbf text', (now) => ({ nbf: String(now) })],
  ])('%s', async (_name, more) => {
    await refused(signed(header, { ...claims, ...more(w.clock.now() / 1_000) }));
  });

  it('exp 1e400 is no number', async () => {
    await refused(signed(header, JSON.stringify(claims).replace(/"exp":\d+/, '"exp":1e400')));
  });

  it('a clock that is a minute behind is forgiven, and no more than that', async () => {
    const now = w.clock.now() / 1_000;
    expect(await codeOf(signed(header, { ...claims, iat: now + 60, nbf: now + 60, exp: now + 600 }))).toBe('accepted');
  });

  it('exp itself is too late, also for a token that was remembered', async () => {
    const { exp } = claims as { exp: number };
    w.clock.set(exp * 1_000 - 1);
    expect(await codeOf(good)).toBe('accepted');
    w.clock.set(exp * 1_000);
    expect(await codeOf(good)).toBe('access_token_expired');
    await refused(good, 'access_token_expired');
  });

  it('expired is said of our own tokens alone', async () => {
    const { exp } = claims as { exp: number };
    w.clock.set(exp * 1_000 + 1);
    await refused(signed(header, claims, generateKeyPairSync('ed25519').privateKey));
    await refused(good, 'access_token_expired');
  });
});

describe('JWT-09: forms', () => {
  it('five parts, and everything over 8 KiB', async () => {
    const [head = '', body = '', signature = ''] = good.split('.');
    await refused([b64({ alg: 'RSA-OAEP', enc: 'A256GCM', zip: 'DEF' }), 'AA', 'AA', 'AA', 'AA'].join('.'));
    await refused([head, body, signature, 'AA', 'AA'].join('.'));
    await refused(`${good}.${signature}`);
    await refused(signed(header, { ...claims, pad: 'x'.repeat(8_192) }));
    await refused('a'.repeat(10_000_000));
  });

  it('base64url that is not the one spelling', async () => {
    const parts = good.split('.');
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    for (const at of [0, 1, 2]) {
      const part = parts[at] ?? '';
      const last = alphabet.indexOf(part.at(-1) ?? '');
      const spare = [0, 0, 4, 2][part.length % 4] ?? 0;
      const twin = spare === 0 ? `${part}A` : part.slice(0, -1) + alphabet[last ^ 1];
      const spellings = [
        twin,
        `${part}=`,
        `${part}==`,
        ` ${part}`,
        `${part}\n`,
        part.replace(/^./, '+'),
        part.replace(/^./, '/'),
        `${part}%3D`,
      ];
      for (const spelling of spellings) {
        const token = parts.with(at, spelling).join('.');
        expect(await codeOf(token)).toBe('access_token_invalid');
        // White space around a header's value is the header's.
        if (token.trim() === token) await refused(token);
      }
    }
    await refused(`Bearer ${good}`);
    await refused(`${good} ${good}`);
  });

  it('what is no text', async () => {
    for (const token of [undefined, null, 1, {}, [good], { toString: () => good }])
      expect(await codeOf(token as string)).toBe('access_token_invalid');
  });

  it('any changed character of a good token', async () => {
    const places = [...Array(20).keys()].map((n) => Math.floor((n * (good.length - 2)) / 20));
    for (const at of places) {
      const other = good[at] === 'A' ? 'B' : 'A';
      expect(await codeOf(good.slice(0, at) + other + good.slice(at + 1))).toBe('access_token_invalid');
    }
  });
});
