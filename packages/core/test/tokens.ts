import {
  type Auth,
  type JsonObject,
  type JwtKey,
  type JwtOptions,
  jwt,
  password,
  type TokenSigner,
} from '../src/index.ts';
import { goodPassword, origin, type TestAnswer, type World, type WorldOptions, world } from './harness.ts';

export const audience = 'https://api.example.com';

/** Ed25519 and P-256 pairs that were drawn for the tests. */
const edKey: JsonObject = {
  kty: 'OKP',
  crv: 'Ed25519',
  d: 'zjuxJ_qOZ39QI-O0NIAnWeJrUjlRpb8vRPKvAp1CHao',
  x: 'Sb-sXoOwkpTrguGuT5onvfZdsrSFun9fiVNtm5pVELw',
};
const edNextKey: JsonObject = {
  kty: 'OKP',
  crv: 'Ed25519',
  d: '5zwd1wTvRP6SJag92d9WRkqfZ1QroXwTEBO4TRcnAVI',
  x: 'OQtXpYJS-tha7Peo-ROpJ4DoZ4D-yj2hAVWR41QaFVw',
};
export const testKeys: readonly JwtKey[] = [
  { kid: 'one', state: 'active', jwk: edKey },
  { kid: 'two', state: 'next', jwk: edNextKey },
];

export const withTokens = (more: Partial<JwtOptions> = {}): WorldOptions => ({
  features: [password(), jwt({ audience, keys: testKeys, ...more })],
});

export const tokenWorld = (options: WorldOptions = {}, more: Partial<JwtOptions> = {}): World =>
  world({ ...withTokens(more), ...options });

/** A program without cookies or headers of a browser, which keeps its tokens itself. */
export interface Program {
  accessToken: string;
  refreshToken: string;
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<TestAnswer>;
  /** With its access token. */
  ask(method: string, path: string, body?: unknown): Promise<TestAnswer>;
  login(email: string, more?: Record<string, unknown>): Promise<TestAnswer>;
  refresh(token?: string): Promise<TestAnswer>;
}

export const program = (auth: Auth<JsonObject>): Program => {
  const keep = (answer: TestAnswer): TestAnswer => {
    if (typeof answer.body?.accessToken === 'string') own.accessToken = answer.body.accessToken;
    if (typeof answer.body?.refreshToken === 'string') own.refreshToken = answer.body.refreshToken;
    return answer;
  };
  const own: Program = {
    accessToken: '',
    refreshToken: '',
    send: async (method, path, body, headers = {}) => {
      const response = await auth.handle(
        new Request(`${origin}/auth${path}`, {
          method,
          headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
        { peer: '198.51.100.9' },
      );
      const text = await response.text();
      const { status } = response;
      const cookies = response.headers.getSetCookie();
      return { status, headers: response.headers, body: text === '' ? null : JSON.parse(text), cookies };
    },
    ask: async (method, path, body) =>
      keep(await own.send(method, path, body, { authorization: `Bearer ${own.accessToken}` })),
    login: async (email, more = {}) =>
      keep(await own.send('POST', '/login', { email, password: goodPassword, transport: 'body', ...more })),
    refresh: async (token = own.refreshToken) => keep(await own.send('POST', '/refresh', { refreshToken: token })),
  };
  return own;
};

/** The header that an access token comes in. */
export const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

/** A signer as a key service is one: it may be down, and its key is nowhere to be had. */
export const testSigner = (isUp: () => boolean = () => true): TokenSigner => ({
  alg: 'EdDSA',
  kid: 'kms',
  sign: async (data) => {
    if (!isUp()) throw new Error('the key service is down');
    const key = await crypto.subtle.importKey('jwk', { ...edKey }, 'Ed25519', false, ['sign']);
    return new Uint8Array(await crypto.subtle.sign('Ed25519', key, data));
  },
  jwks: async () => ({ keys: [{ ...edKey, kid: 'kms' }] }),
});
