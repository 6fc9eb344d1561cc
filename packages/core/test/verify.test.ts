import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { titleOf } from '../src/http/problem.ts';
import { minutes, seconds } from '../src/index.ts';
import { AuthProblem, type Jwks, localJwks, remoteJwks, verifyAccessToken } from '../src/verify.ts';
import { origin, type World } from './harness.ts';
import { jwksUrl, type KeyService, keyService, publicKeys, remote } from './jwks.ts';
import { audience, program, testKeys, tokenWorld } from './tokens.ts';

const email = 'alice@example.org';
let w: World;
let keys: KeyService;
let jwks: Jwks;

const mint = async (world: World = w): Promise<string> => {
  const own = program(world.auth);
  await own.login(email);
  return own.accessToken;
};
const check = async (token: string, set: Jwks = jwks): Promise<string> => {
  try {
    await verifyAccessToken(token, { issuer: origin, audience, jwks: set });
    return 'accepted';
  } catch (error) {
    if (error instanceof AuthProblem) return error.problem.code;
    throw error;
  }
};
/** A token of the right form whose key nobody has. */
const strange = (token: string, n: number): string => {
  const [, body = '', signature = ''] = token.split('.');
  const head = Buffer.from(JSON.stringify({ alg: 'EdDSA', kid: `kid-${n}`, typ: 'at+jwt' })).toString('base64url');
  return `${head}.${body}.${signature}`;
};

beforeEach(async () => {
  w = tokenWorld();
  await w.confirmed(email);
  keys = keyService();
  jwks = remote(keys, w.clock);
});

describe('verifyAccessToken', () => {
  it('says who it is', async () => {
    const token = await mint();
    const said = await verifyAccessToken(token, { issuer: origin, audience, jwks });
    const user = await w.stores.users.findByLoginKey(email);
    expect(said).toEqual({
      ...{ userId: user?.id, sessionId: said.sessionId, issuer: origin, audience, clientId: null },
      ...{ issuedAt: w.clock.now(), expiresAt: w.clock.now() + minutes(10), authenticatedAt: w.clock.now() },
      ...{ aal: 1, amr: ['pwd'] },
    });
  });

  it('takes keys that are at hand', async () => {
    expect(await check(await mint(), localJwks(publicKeys(), { clock: w.clock }))).toBe('accepted');
  });

  it('answers as the rest of us does', async () => {
    keys.answer = () => Response.error();
    for (const [token, code] of [
      ['x', 'access_token_invalid'],
      [await mint(), 'store_unavailable'],
    ] as const) {
      const problem = await verifyAccessToken(token, { issuer: origin, audience, jwks }).catch((error) => error);
      expect(problem).toBeInstanceOf(AuthProblem);
      expect(problem.problem).toMatchObject({ code, title: titleOf(code) });
    }
  });

  it.each([
    'http://app.example.com/jwks.json',
    'ftp://localhost/x',
    'https://u:p@app.example.com/x',
    'file:///etc/keys',
  ])('asks nobody for keys over %s', (url) => {
    expect(() => remoteJwks(url)).toThrow(TypeError);
  });
});

describe('JWT-10: what is remembered', () => {
  it('is the signature, of the whole token and for these keys, and it saves no claim from being asked', async () => {
    const token = await mint();
    expect(await check(token)).toBe('accepted');
    const [head = '', body = ''] = token.split('.');
    expect(await check(`${head}.${body}.${'A'.repeat(86)}`)).toBe('access_token_invalid');
    const other = { issuer: origin, audience: 'https://other.example', jwks };
    await expect(verifyAccessToken(token, other)).rejects.toThrow('access_token_invalid');
    await expect(verifyAccessToken(token, { ...other, issuer: 'https://x.example', audience })).rejects.toThrow();
    w.clock.advance(minutes(10));
    expect(await check(token)).toBe('access_token_expired');
  });

  it('is forgotten with the keys: a key that was withdrawn verifies nothing any more', async () => {
    const token = await mint();
    expect(await check(token)).toBe('accepted');
    keys.answer = () => Response.json({ keys: publicKeys().keys.slice(1) });
    expect(await check(token)).toBe('accepted');
    w.clock.advance(minutes(5));
    expect(await check(token)).toBe('access_token_invalid');
  });

  it('is bounded', async () => {
    const [, body = ''] = (await mint()).split('.');
    let asked = 0;
    const { tokenVerifier } = await import('../src/modules/token-verifier.ts');
    const key = { alg: 'EdDSA', key: new Uint8Array() } as const;
    const verifier = tokenVerifier({
      keys: { version: () => 1, freshen: async () => {}, held: async () => key, find: async () => key },
      clock: w.clock,
      jose: async () => ({
        compactVerify: async () => {
          asked += 1;
          return {} as never;
        },
        importJWK: async () => ({}) as never,
      }),
      maxCached: 10,
    });
    const head = Buffer.from('{"alg":"EdDSA","kid":"one","typ":"at+jwt"}').toString('base64url');
    const token = (n: number) => `${head}.${body}.${Buffer.from([n, 0, 0]).toString('base64url')}`;
    const verify = (n: number) => verifier.verify(token(n), { issuer: origin, audience });
    for (let n = 0; n < 20; n += 1) expect((await verify(n)).ok).toBe(true);
    for (let n = 10; n < 20; n += 1) await verify(n);
    expect(asked).toBe(20);
    await verify(0);
    expect(asked).toBe(21);
  });
});

describe('JWT-12: keys are asked for once a window', () => {
  it('a thousand tokens with keys that nobody has', async () => {
    const token = await mint();
    await check(token);
    expect(keys.count).toBe(1);
    w.clock.advance(seconds(30));
    for (let n = 0; n < 1_000; n += 1) expect(await check(strange(token, n))).toBe('access_token_invalid');
    expect(keys.count).toBe(2);
    expect(await check(token)).toBe('accepted');
    w.clock.advance(seconds(29));
    await check(strange(token, 0));
    expect(keys.count).toBe(2);
    w.clock.advance(seconds(1));
    await Promise.all([...Array(50).keys()].map((n) => check(strange(token, n))));
    expect(keys.count).toBe(3);
  });

  it('a key that is new is found, and one fetch serves all who wait for it', async () => {
    const token = await mint();
    keys.answer = () => Response.json({ keys: [] });
    expect(await check(token)).toBe('access_token_invalid');
    keys.answer = () => Response.json(publicKeys());
    w.clock.advance(seconds(30));
    const answers = await Promise.all(Array.from({ length: 20 }, () => check(token)));
    expect(new Set(answers)).toEqual(new Set(['accepted']));
    expect(keys.count).toBe(2);
  });

  it.each<[string, () => Response | Promise<Response>]>([
    ['500', () => new Response('', { status: 500 })],
    ['a redirect', () => Response.redirect('https://evil.example/', 302)],
    ['no JSON', () => new Response('<html>')],
    ['no key set', () => Response.json([])],
    ['null', () => Response.json(null)],
    ['a throw', () => Promise.reject(new Error('no route'))],
  ])('%s is an outage where nothing is known, and else what is known stays good', async (_name, broken) => {
    const token = await mint();
    const fine = keys.answer;
    keys.answer = broken;
    expect(await check(token)).toBe('store_unavailable');
    expect(await check(token)).toBe('store_unavailable');
    expect(keys.count).toBe(1);
    keys.answer = fine;
    w.clock.advance(seconds(5));
    expect(await check(token)).toBe('accepted');
    keys.answer = broken;
    w.clock.advance(minutes(5));
    expect(await check(token)).toBe('accepted');
    // Somebody else's key may be new: whether it is, nobody can say now.
    expect(await check(strange(token, 1))).toBe('store_unavailable');
    expect(keys.count).toBe(3);
    keys.answer = fine;
    w.clock.advance(seconds(30));
    expect(await check(strange(token, 1))).toBe('access_token_invalid');
  });

  it('keys that cannot be used are left out, and take no other along; private members are never read', async () => {
    const token = await mint();
    const set = [
      ...[
        null,
        1,
        'x',
        {},
        { kty: 'OKP' },
        { kty: 'oct', k: 'AAAA', kid: 'h' },
        { kty: 'EC', crv: 'P-256', x: 'A', y: 'A', kid: 'e' },
      ],
      ...testKeys.map(({ kid, jwk }) => ({ ...jwk, kid, use: kid === 'two' ? 'enc' : 'sig', key_ops: ['verify'] })),
    ];
    keys.answer = () => Response.json({ keys: set });
    expect(await check(token)).toBe('accepted');
  });
});

describe('the fetch that comes with it', () => {
  let server: Server;
  let hits: string[];
  const listen = async (answer: RequestListener): Promise<string> => {
    hits = [];
    server = createServer((request, response) => {
      hits.push(request.url ?? '');
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
  };
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });
  const over = (url: string, timeoutMs = 2_000): Jwks => remoteJwks(url, { clock: w.clock, timeoutMs });

  it('gets the keys of a server', async () => {
    const url = await listen((_request, response) => response.end(JSON.stringify(publicKeys())));
    expect(await check(await mint(), over(url))).toBe('accepted');
    expect(hits).toEqual(['/jwks.json']);
  });

  it('follows no redirect', async () => {
    const url = await listen((_request, response) => {
      response.writeHead(302, { location: '/elsewhere' });
      response.end();
    });
    expect(await check(await mint(), over(url))).toBe('store_unavailable');
    expect(hits).toEqual(['/jwks.json']);
  });

  it('reads 64 KiB at most', async () => {
    let sent = 0;
    const url = await listen((_request, response) => {
      const more = (): void => {
        if (response.destroyed || sent > 100_000_000) return;
        sent += 65_536;
        response.write('x'.repeat(65_536), more);
      };
      more();
    });
    expect(await check(await mint(), over(url))).toBe('store_unavailable');
    expect(sent).toBeLessThan(20_000_000);
  });

  it('waits no longer than it was told, head or body', async () => {
    const silent = await listen(() => {});
    expect(await check(await mint(), over(silent, 50))).toBe('store_unavailable');
    server.closeAllConnections();
    server.close();
    const half = await listen((_request, response) => response.write('{"keys":['));
    expect(await check(await mint(), over(half, 50))).toBe('store_unavailable');
  });
});

it('the address of the keys is the one that is served', () => {
  expect(jwksUrl).toBe(`${w.auth.origin}${w.auth.basePath}/jwks.json`);
});
