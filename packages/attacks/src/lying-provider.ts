import { base64url, encoded } from './base64url.ts';

export type Claims = Readonly<Record<string, unknown>>;

/** What the provider does otherwise than it should, in one sign-in; nothing, for an honest one. */
export interface Lie {
  readonly claims?: (claims: Claims) => Claims;
  readonly header?: (header: Claims) => Claims;
  /** Signs with a key that is not published, with the secret of the client (HS256), or not at all. */
  readonly sign?: 'a stranger' | 'the secret' | 'nobody';
  /** Parameters of the way back. */
  readonly back?: (params: URLSearchParams) => void;
}

/** What the application sent to redeem a code, beside what the browser had carried when it asked for it. */
export interface Redemption {
  readonly code: string;
  readonly verifier: string;
  readonly challenge: string;
}

/**
 * An OpenID provider under the hand of the suite: the application under attack is configured with it. It takes a code as
 * often as it comes and asks for no proof of who redeems it, so that whatever is refused is refused by the application.
 */
export interface LyingProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Its metadata, keys and tokens: for a server, or for the application's own `fetch`. */
  handle(request: Request): Promise<Response>;
  /** Somebody says yes there: from the URL that the browser was sent to, to the one that it is sent back to. */
  approve(url: URL, user: Claims, lie?: Lie): URL;
  readonly redeemed: readonly Redemption[];
  /** Signs as it signs. */
  sign(header: Claims, claims: Claims): Promise<string>;
}

export interface LyingProviderOptions {
  /** Where the application reaches it, e.g. `http://127.0.0.1:4010`. */
  readonly issuer: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** The application's clock; default: this computer's. */
  readonly now?: () => number;
}

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const newKeys = () => crypto.subtle.generateKey(ecdsa, true, ['sign', 'verify']);

interface Promised {
  readonly nonce: string | null;
  readonly challenge: string;
  readonly user: Claims;
  readonly lie: Lie;
}

export const lyingProvider = async ({
  issuer,
  clientId = 'attacks',
  clientSecret = 'the secret of the attacks',
  now = Date.now,
}: LyingProviderOptions): Promise<LyingProvider> => {
  const keys = await newKeys();
  const stranger = await newKeys();
  const published = { ...(await crypto.subtle.exportKey('jwk', keys.publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };
  const promised = new Map<string, Promised>();
  const redeemed: Redemption[] = [];

  const signature = async (text: string, by: Lie['sign']): Promise<string> => {
    const bytes = new TextEncoder().encode(text);
    if (by === 'nobody') return '';
    if (by === 'the secret') return hs256(bytes, new TextEncoder().encode(clientSecret));
    const { privateKey } = by === 'a stranger' ? stranger : keys;
    return base64url(new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, bytes)));
  };
  const signed = async (header: Claims, claims: Claims, by: Lie['sign']): Promise<string> => {
    const text = `${encoded(header)}.${encoded(claims)}`;
    return `${text}.${await signature(text, by)}`;
  };
  const same = (value: Claims): Claims => value;

  const token = async (form: URLSearchParams): Promise<Response> => {
    const code = form.get('code') ?? '';
    const promise = promised.get(code);
    if (promise === undefined) return Response.json({ error: 'invalid_grant' }, { status: 400 });
    const { nonce, challenge, user, lie } = promise;
    redeemed.push({ code, verifier: form.get('code_verifier') ?? '', challenge });
    const iat = Math.floor(now() / 1_000);
    const honest = { iss: issuer, aud: clientId, iat, exp: iat + 300, ...(nonce === null ? {} : { nonce }), ...user };
    const { header = same, claims = same, sign } = lie;
    const jwk = sign === 'a stranger' ? await crypto.subtle.exportKey('jwk', stranger.publicKey) : null;
    const head = header({ alg: 'ES256', kid: 'one', ...(jwk === null ? {} : { jwk }) });
    return Response.json({
      access_token: code,
      token_type: 'Bearer',
      expires_in: 300,
      id_token: await signed(head, claims(honest), sign),
    });
  };

  return {
    issuer,
    clientId,
    clientSecret,
    redeemed,
    sign: (header, claims) => signed(header, claims, undefined),
    approve: (url, user, lie = {}) => {
      const { searchParams } = url;
      const code = base64url(crypto.getRandomValues(new Uint8Array(24)));
      const challenge = searchParams.get('code_challenge') ?? '';
      promised.set(code, { nonce: searchParams.get('nonce'), challenge, user, lie });
      const back = new URL(searchParams.get('redirect_uri') ?? '');
      for (const [name, value] of Object.entries({ code, state: searchParams.get('state') ?? '', iss: issuer }))
        back.searchParams.set(name, value);
      lie.back?.(back.searchParams);
      return back;
    },
    handle: async (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === '/.well-known/openid-configuration') return Response.json(metadataOf(issuer));
      if (pathname === '/jwks') return Response.json({ keys: [published] });
      if (pathname === '/token') return token(new URLSearchParams(await request.text()));
      return Response.json({}, { status: 404 });
    },
  };
};

const hs256 = async (text: Uint8Array<ArrayBuffer>, secret: Uint8Array<ArrayBuffer>): Promise<string> => {
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return base64url(new Uint8Array(await crypto.subtle.sign('HMAC', key, text)));
};

const metadataOf = (issuer: string) => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/jwks`,
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['ES256'],
  authorization_response_iss_parameter_supported: true,
});
