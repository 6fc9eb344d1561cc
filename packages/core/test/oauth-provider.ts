import { createHash, createHmac, randomUUID, type webcrypto } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Json = Record<string, unknown>;

/** What the provider does otherwise than it should; each is called in the place of, or after, the honest part. */
export interface Twist {
  claims?: (claims: Json) => Json;
  header?: (header: Json) => Json;
  /** Signs with something else, or not at all. */
  sign?: (input: string, key: webcrypto.CryptoKey) => Promise<string> | string;
  metadata?: (metadata: Json) => Json;
  jwks?: (jwks: { keys: Json[] }) => unknown;
  /** Answers in the place of the endpoint. `true` = has answered. */
  answer?: (path: string, res: ServerResponse, body: string) => boolean;
  tokens?: (body: Json) => Json;
  /** The same of an answer to a refresh token. */
  refreshed?: (body: Json) => Json;
  user?: (user: Json) => Json;
  /** Parameters of the redirect back. */
  back?: (params: URLSearchParams) => void;
}

export interface TestProvider {
  readonly issuer: string;
  /** Who signs in there next. */
  user: Json;
  twist: Twist;
  now: () => number;
  /** How often each path was asked for. */
  readonly hits: Map<string, number>;
  /** The last authorization request. */
  asked: URLSearchParams;
  /** Bodies of requests to the token endpoint. */
  readonly redeemed: URLSearchParams[];
  /** Refresh tokens: none, good for one use and fatal at the second, or good for ever. */
  refreshes: 'none' | 'rotating' | 'lasting';
  /** Seconds. */
  expiresIn: number | undefined;
  /** Refresh tokens that came, good or bad. */
  readonly refreshed: string[];
  /** Tokens that a client ended. */
  readonly revoked: string[];
  /** Every token that it ever gave. */
  readonly given: string[];
  /** The user, or an administrator, ends every grant there. */
  endGrants(): void;
  /** The user says yes: from the URL that the browser was sent to, to the one that it is sent back to. */
  approve(url: string): string;
  close(): Promise<void>;
}

const b64 = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

export const clientId = 'the-client';
export const clientSecret = 'the secret of the client';

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/** Other parties' keys. */
export const foreignKey = async (): Promise<webcrypto.CryptoKeyPair> =>
  crypto.subtle.generateKey(ecdsa, true, ['sign', 'verify']);

export const signWith = async (input: string, key: webcrypto.CryptoKey): Promise<string> =>
  Buffer.from(
    await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, new TextEncoder().encode(input)),
  ).toString('base64url');

export const signHs256 = (input: string): string =>
  createHmac('sha256', clientSecret).update(input).digest('base64url');

/** A provider of our own, honest until it is told otherwise; `par` offers pushed requests. */
export const testProvider = async ({ par = false }: { par?: boolean } = {}): Promise<TestProvider> => {
  const keys = await foreignKey();
  const jwk = {
    ...(await crypto.subtle.exportKey('jwk', keys.publicKey)),
    kid: 'k1',
    alg: 'ES256',
    use: 'sig',
  } as Json;
  const codes = new Map<string, { asked: URLSearchParams; user: Json }>();
  const pushed = new Map<string, URLSearchParams>();
  const accesses = new Map<string, Json>();
  const grants = new Map<
    string,
    { asked: URLSearchParams; user: Json; family: { isOver: boolean }; isSpent: boolean }
  >();
  const newRefreshToken = (asked: URLSearchParams, user: Json, family = { isOver: false }): Json => {
    if (provider.refreshes === 'none') return {};
    const refresh = `refresh-${randomUUID()}`;
    grants.set(refresh, { asked, user, family, isSpent: false });
    provider.given.push(refresh);
    return { refresh_token: refresh };
  };
  const newAccessToken = (user: Json): string => {
    const access = randomUUID();
    accesses.set(access, user);
    provider.given.push(access);
    return access;
  };
  const refresh = async (res: ServerResponse, form: URLSearchParams): Promise<void> => {
    const shown = form.get('refresh_token') ?? '';
    provider.refreshed.push(shown);
    const grant = grants.get(shown);
    const isTwice = grant?.isSpent === true;
    // RFC 9700 §4.14.2: which of the two is the thief cannot be told.
    if (grant !== undefined && isTwice) grant.family.isOver = true;
    if (grant === undefined || isTwice || grant.family.isOver) return json(res, 400, { error: 'invalid_grant' });
    if (provider.refreshes === 'rotating') grant.isSpent = true;
    const access = newAccessToken(grant.user);
    const next = provider.refreshes === 'rotating' ? newRefreshToken(grant.asked, grant.user, grant.family) : {};
    const honest = { access_token: access, token_type: 'Bearer', expires_in: provider.expiresIn, ...next };
    json(res, 200, provider.twist.refreshed?.(honest) ?? honest);
  };
  const bodyOf = async (req: IncomingMessage): Promise<string> => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString();
  };
  const json = (res: ServerResponse, status: number, body: unknown): void => {
    res.writeHead(status, { 'content-type': 'application/json' });
    res.end(JSON.stringify(body));
  };
  const idToken = async (asked: URLSearchParams, user: Json, access: string): Promise<string> => {
    const iat = Math.floor(provider.now() / 1_000);
    const atHash = createHash('sha256').update(access).digest().subarray(0, 16).toString('base64url');
    const honest = {
      iss: provider.issuer,
      aud: clientId,
      iat,
      exp: iat + 300,
      nonce: asked.get('nonce'),
      at_hash: atHash,
      ...user,
    };
    const claims = provider.twist.claims?.(honest) ?? honest;
    const header = provider.twist.header?.({ alg: 'ES256', kid: 'k1' }) ?? { alg: 'ES256', kid: 'k1' };
    const input = `${b64(header)}.${b64(claims)}`;
    return `${input}.${await (provider.twist.sign ?? signWith)(input, keys.privateKey)}`;
  };
  const token = async (req: IncomingMessage, res: ServerResponse, body: string): Promise<void> => {
    const form = new URLSearchParams(body);
    provider.redeemed.push(form);
    const basic = `Basic ${Buffer.from(`${encodeURIComponent(clientId).replaceAll('-', '%2D')}:${clientSecret.replaceAll(' ', '+')}`).toString('base64')}`;
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (form.get('grant_type') === 'refresh_token' && req.headers.authorization === basic) return refresh(res, form);
    const code = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const isRight =
      code !== undefined &&
      req.headers.authorization === basic &&
      code.asked.get('code_challenge_method') === 'S256' &&
      code.asked.get('code_challenge') === challenge &&
      code.asked.get('redirect_uri') === form.get('redirect_uri');
    if (!isRight) return json(res, 400, { error: 'invalid_grant', error_description: body });
    const access = newAccessToken(code.user);
    const honest = {
      access_token: access,
      token_type: 'Bearer',
      expires_in: provider.expiresIn,
      ...newRefreshToken(code.asked, code.user),
      id_token: await idToken(code.asked, code.user, access),
    };
    json(res, 200, provider.twist.tokens?.(honest) ?? honest);
  };
  const server = createServer(async (req, res) => {
    const path = new URL(req.url ?? '/', 'http://x').pathname;
    provider.hits.set(path, (provider.hits.get(path) ?? 0) + 1);
    const body = await bodyOf(req);
    if (provider.twist.answer?.(path, res, body)) return;
    if (path === '/.well-known/openid-configuration') {
      const honest = {
        issuer: provider.issuer,
        authorization_endpoint: `${provider.issuer}/authorize`,
        token_endpoint: `${provider.issuer}/token`,
        jwks_uri: `${provider.issuer}/jwks`,
        userinfo_endpoint: `${provider.issuer}/userinfo`,
        revocation_endpoint: `${provider.issuer}/revoke`,
        id_token_signing_alg_values_supported: ['ES256', 'RS256'],
        authorization_response_iss_parameter_supported: true,
        ...(par ? { pushed_authorization_request_endpoint: `${provider.issuer}/par` } : {}),
      };
      return json(res, 200, provider.twist.metadata?.(honest) ?? honest);
    }
    if (path === '/jwks') {
      const honest = { keys: [jwk] };
      return json(res, 200, provider.twist.jwks?.(honest) ?? honest);
    }
    if (path === '/par') {
      const reference = `urn:ietf:params:oauth:request_uri:${randomUUID()}`;
      pushed.set(reference, new URLSearchParams(body));
      return json(res, 201, { request_uri: reference, expires_in: 60 });
    }
    if (path === '/token') return token(req, res, body);
    if (path === '/revoke') {
      provider.revoked.push(new URLSearchParams(body).get('token') ?? '');
      return void res.writeHead(200).end();
    }
    if (path === '/userinfo') {
      const user = accesses.get((req.headers.authorization ?? '').replace(/^Bearer /, ''));
      if (user === undefined) return json(res, 401, {});
      return json(res, 200, provider.twist.user?.(user) ?? user);
    }
    json(res, 404, {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const provider: TestProvider = {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    user: { sub: 'subject-1', email: 'alice@corp.example', email_verified: true, name: 'Alice' },
    twist: {},
    now: () => Date.now(),
    hits: new Map(),
    asked: new URLSearchParams(),
    redeemed: [],
    refreshes: 'none',
    expiresIn: 60,
    refreshed: [],
    revoked: [],
    given: [],
    endGrants: () => {
      for (const { family } of grants.values()) family.isOver = true;
    },
    approve: (url) => {
      const { searchParams } = new URL(url);
      const asked = pushed.get(searchParams.get('request_uri') ?? '') ?? searchParams;
      provider.asked = asked;
      const code = randomUUID();
      codes.set(code, { asked, user: { ...provider.user } });
      const back = new URL(asked.get('redirect_uri') ?? '');
      back.searchParams.set('code', code);
      back.searchParams.set('state', asked.get('state') ?? '');
      back.searchParams.set('iss', provider.issuer);
      provider.twist.back?.(back.searchParams);
      return back.href;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return provider;
};
