import type { webcrypto } from 'node:crypto';
import { type Attack, attacksOf } from '../attack.ts';
import { base64url, encoded } from '../base64url.ts';
import type { Ground } from '../ground.ts';
import { given, must, NotApplicable } from '../verdict.ts';
import { memberAt } from '../wire.ts';

/** The parts of a signed token, unverified. */
const partsOf = (token: string): readonly unknown[] =>
  token
    .split('.')
    .slice(0, 2)
    .map((part): unknown => {
      try {
        return JSON.parse(
          new TextDecoder().decode(
            Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0)),
          ),
        );
      } catch {
        return null;
      }
    });

const accessToken = async (ground: Ground) => {
  if (!('bearer' in ground.profile.session)) throw new NotApplicable('the session is no bearer token');
  const { browser } = await ground.member();
  const token = browser.bearer ?? '';
  const [head, claims] = partsOf(token);
  if (token.split('.').length !== 3 || typeof head !== 'object' || head === null)
    throw new NotApplicable('the bearer token is no JWT');
  given(await ground.isSignedIn(browser), 'the token is refused');
  return {
    token,
    head: head as Record<string, unknown>,
    claims: claims as Record<string, unknown>,
    signature: token.split('.')[2] ?? '',
  };
};

export const jwt: readonly Attack[] = attacksOf('jwt', [
  {
    id: 'JWT-01',
    title: 'send an access token without a signature',
    claim: 'A token whose header says `none` is refused, however it is spelled (RFC 8725 §3.1).',
    run: async (ground) => {
      const { token, head, claims, signature } = await accessToken(ground);
      const [, body = ''] = token.split('.');
      for (const alg of ['none', 'None', 'NONE', 'nOnE', '', null, [], undefined]) {
        for (const end of ['', signature]) {
          const forged = `${encoded({ ...head, alg })}.${body}.${end}`;
          must(!(await ground.isSignedIn(ground.withSession(forged))), `alg ${JSON.stringify(alg)} is signed in`);
        }
      }
      must(
        !(await ground.isSignedIn(ground.withSession(`${encoded(head)}.${encoded(claims)}`))),
        'two parts are signed in',
      );
      return 'seventeen are refused';
    },
  },
  {
    id: 'JWT-19',
    title: 'change what an access token says',
    claim: 'What a token says is covered by its signature.',
    run: async (ground) => {
      const { head, claims, signature } = await accessToken(ground);
      const later = { ...claims, exp: Number(claims['exp']) + 86_400, sub: 'somebody', userId: 1 };
      must(
        !(await ground.isSignedIn(ground.withSession(`${encoded(head)}.${encoded(later)}.${signature}`))),
        'a changed token is signed in',
      );
      return 'it is refused';
    },
  },
  {
    id: 'JWT-07',
    title: 'take a token of one kind or service to another',
    claim: 'An access token names its kind, its issuer and whom it is for (RFC 8725 §3.8 to §3.11, RFC 9068).',
    run: async (ground) => {
      const { head, claims } = await accessToken(ground);
      const missing = ['iss', 'aud', 'exp'].filter((name) => claims[name] === undefined);
      must(missing.length === 0, `it has no ${missing.join(', ')}`);
      must(/^(?:application\/)?at\+jwt$/i.test(String(head['typ'])), `its type is \`${String(head['typ'])}\``);
      return `${String(head['typ'])} of ${String(claims['iss'])}`;
    },
  },
  {
    id: 'JWT-08',
    title: 'use an access token after a day',
    claim: 'An access token lives for an hour at most, and its end is looked at.',
    run: async (ground) => {
      const { claims, token } = await accessToken(ground);
      const { advance } = ground.target;
      if (advance === null) throw new NotApplicable('the clock of the target cannot be moved');
      const lives = Number(claims['exp']) - Math.floor(ground.target.now() / 1_000);
      must(lives > 0 && lives <= 3_600, `it lives for ${lives} s`);
      advance(86_400_000);
      const answer = await ground.does(ground.withSession(token), 'session');
      must(!answer.ok, 'it is signed in after a day');
      return `it lives for ${lives} s`;
    },
  },
  {
    id: 'JWT-02',
    title: 'sign an access token with the published key',
    claim: 'A published key is no secret that signs (RFC 8725 §3.1).',
    run: async (ground) => {
      const { head, claims } = await accessToken(ground);
      const { jwks } = ground.profile;
      if (jwks === undefined) throw new NotApplicable('the profile has no `jwks`');
      const answer = await ground.asks(ground.browser(), 'GET', jwks);
      const keys = memberAt(answer.json, 'keys');
      given(Array.isArray(keys) && keys.length > 0, `\`${jwks}\` answered ${answer.status}, without keys`);
      let tried = 0;
      for (const key of keys as readonly webcrypto.JsonWebKey[]) {
        for (const secret of await textsOf(key)) {
          const text = `${encoded({ ...head, alg: 'HS256' })}.${encoded(claims)}`;
          const forged = `${text}.${await hmac(secret, text)}`;
          must(
            !(await ground.isSignedIn(ground.withSession(forged))),
            'a token by HMAC with the public key is signed in',
          );
          tried += 1;
        }
      }
      return `${tried} are refused`;
    },
  },
  {
    id: 'JWT-04',
    title: 'bring the key along with an access token',
    claim: 'A key that a token names or brings is not believed (RFC 8725 §3.10).',
    run: async (ground) => {
      const { head, claims } = await accessToken(ground);
      const own = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
      const jwk = await crypto.subtle.exportKey('jwk', own.publicKey);
      const signed = async (more: object): Promise<string> => {
        const text = `${encoded({ ...head, alg: 'ES256', ...more })}.${encoded(claims)}`;
        const bytes = new TextEncoder().encode(text);
        const mac = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, own.privateKey, bytes);
        return `${text}.${base64url(new Uint8Array(mac))}`;
      };
      const names = [
        '../../../../dev/null',
        "' OR 1=1 --",
        '__proto__',
        'constructor',
        '',
        7,
        ['one'],
        'k'.repeat(6_000),
      ];
      for (const more of [{ jwk }, { jwk, kid: 'own' }, ...names.map((kid) => ({ kid }))]) {
        const answer = await ground.does(ground.withSession(await signed(more)), 'session');
        const what = JSON.stringify(more).slice(0, 60);
        must(answer.status < 500, `a token with ${what} is answered ${answer.status}`);
        must(!answer.ok, `a token that brings ${what} is signed in`);
      }
      return 'ten are refused';
    },
  },
  {
    id: 'JWT-17',
    title: 'use a refresh token as an access token',
    claim: 'A token of one kind is none of another (RFC 8725 §3.11).',
    run: async (ground) => {
      const { refreshCookie } = ground.profile;
      if (refreshCookie === undefined) throw new NotApplicable('the profile has no `refreshCookie`');
      await accessToken(ground);
      const { browser } = await ground.member();
      const refresh = browser.jar.get(refreshCookie) ?? '';
      given(refresh !== '', `\`login\` set no \`${refreshCookie}\``);
      must(!(await ground.isSignedIn(ground.withSession(refresh))), 'a refresh token is signed in');
      given((await ground.does(browser, 'refresh')).ok, '`refresh` refused the same token');
      return 'it is refused';
    },
  },
]);

/** A public key in the forms that a verifier may have it in, byte for byte. */
const textsOf = async ({ ext: _ext, key_ops: _ops, ...key }: webcrypto.JsonWebKey): Promise<readonly string[]> => {
  const der = await crypto.subtle.exportKey('spki', await importedFor(key));
  const base64 = btoa(String.fromCharCode(...new Uint8Array(der)));
  const lines = base64.match(/.{1,64}/g)?.join('\n') ?? '';
  const pem = `-----BEGIN PUBLIC KEY-----\n${lines}\n-----END PUBLIC KEY-----`;
  return [pem, `${pem}\n`, ` ${pem}`, JSON.stringify(key), base64, String(key.x ?? key.n)];
};

const importedFor = ({ kty, crv, ...rest }: webcrypto.JsonWebKey): Promise<webcrypto.CryptoKey> => {
  const jwk = {
    kty,
    ...(crv === undefined ? {} : { crv }),
    ...pick(rest, ['x', 'y', 'n', 'e']),
  } as webcrypto.JsonWebKey;
  const algorithm =
    kty === 'RSA'
      ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
      : kty === 'OKP'
        ? { name: 'Ed25519' }
        : { name: 'ECDSA', namedCurve: crv ?? 'P-256' };
  return crypto.subtle.importKey('jwk', jwk, algorithm, true, ['verify']);
};

const pick = (from: object, names: readonly string[]): object =>
  Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)));

const hmac = async (secret: string, text: string): Promise<string> => {
  const bytes = new TextEncoder().encode(secret);
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return base64url(new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text))));
};
