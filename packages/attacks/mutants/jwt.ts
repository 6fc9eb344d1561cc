import type { Claims } from '../src/index.ts';
import type { App, Handle } from './app.ts';
import { type Mutant, ofTokens } from './mutant.ts';
import { again, answer, everywhere, type Json, textOf, type Wrap, withJson } from './wrap.ts';

interface Token {
  readonly text: string;
  readonly head: Claims;
  readonly claims: Claims;
}

const bearerOf = (request: Request): string => (request.headers.get('authorization') ?? '').replace(/^Bearer /, '');

const objectIn = (part: string): Claims => {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? (value as Claims) : {};
  } catch {
    return {};
  }
};

const tokenOf = (text: string): Token => {
  const [head = '', claims = ''] = text.split('.');
  return { text, head: objectIn(head), claims: objectIn(claims) };
};

const head: Claims = { alg: 'EdDSA', kid: 'one', typ: 'at+jwt' };

/** What a lenient verifier takes for good: another token goes in. `null` leaves it as it came. */
const taking = (edit: (token: Token, app: App) => string | null): Wrap =>
  everywhere(async (request, peer, inner, app) => {
    const text = bearerOf(request);
    const better = text === '' ? null : edit(tokenOf(text), app);
    if (better === null) return inner(request, peer);
    return inner(await again(request, { headers: { authorization: `Bearer ${better}` } }), peer);
  });

/** Other tokens go out; behind them are the real ones. */
const issuing = (edit: (token: Token, app: App) => string): Wrap => {
  return (inner, app) => {
    const real = new Map<string, string>();
    const taken = taking(({ text }) => real.get(text) ?? null)(inner, app);
    const issue: Handle = async (request, peer) => {
      const response = await taken(request, peer);
      if (!(await response.clone().text()).includes('"accessToken"')) return response;
      return withJson(response, (json) => {
        const token = textOf(json['accessToken']);
        const other = edit(tokenOf(token), app);
        real.set(other, token);
        return { ...json, accessToken: other };
      });
    };
    return issue;
  };
};

const without = (claims: Claims, name: string): Claims =>
  Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));

/** Whatever is signed, or not: the claims count, and who it is follows from the session. */
const unverified = (): Wrap => {
  const owners = new Map<unknown, unknown>();
  return (inner, app) => {
    const learn: Wrap = (next) => async (request, peer) => {
      const response = await next(request, peer);
      const text = await response.clone().text();
      if (text.includes('"accessToken"')) {
        const { claims } = tokenOf(textOf((JSON.parse(text) as Json)['accessToken']));
        owners.set(claims['sid'], claims['sub']);
      }
      return response;
    };
    const trusting = taking(({ claims }, { sign }) =>
      owners.has(claims['sid']) ? sign(head, { ...without(claims, 'userId'), sub: owners.get(claims['sid']) }) : null,
    );
    return trusting(learn(inner, app), app);
  };
};

/** A refresh token counts for the access token that came with it. */
const anyKind: Wrap = (inner, app) => {
  const access = new Map<string, string>();
  const learn: Handle = async (request, peer) => {
    const response = await inner(request, peer);
    const refresh = /__Host-refresh=([^;]+)/.exec(response.headers.getSetCookie().join('\n'))?.[1];
    const text = await response.clone().text();
    if (refresh !== undefined && text.includes('"accessToken"'))
      access.set(refresh, textOf((JSON.parse(text) as Json)['accessToken']));
    return response;
  };
  return taking(({ text }) => access.get(text) ?? null)(learn, app);
};

export const jwt: readonly Mutant[] = [
  ofTokens('JWT-01', 'a header that says none is believed', {
    wrap: taking(({ head: { alg }, claims }, { sign }) => (/^none$/i.test(String(alg)) ? sign(head, claims) : null)),
  }),
  ofTokens('JWT-01', 'a token of two parts needs no signature', {
    wrap: taking(({ text, claims }, { sign }) => (text.split('.').length === 2 ? sign(head, claims) : null)),
  }),
  ofTokens('JWT-19', 'the signature is not looked at', { wrap: unverified() }),
  ofTokens('JWT-07', 'tokens do not say their kind', {
    wrap: issuing(({ head: { alg, kid }, claims }, { sign }) => sign({ alg, kid, typ: 'JWT' }, claims)),
  }),
  ofTokens('JWT-07', 'tokens are for everybody', {
    wrap: issuing(({ head: own, claims }, { sign }) => sign(own, without(claims, 'aud'))),
  }),
  ofTokens('JWT-08', 'tokens live for a day', {
    wrap: issuing(({ head: own, claims }, { sign }) => sign(own, { ...claims, exp: Number(claims['iat']) + 86_400 })),
  }),
  ofTokens('JWT-08', 'the end of a token is not looked at', {
    wrap: taking(({ claims }, { sign, now }) => sign(head, { ...claims, exp: Math.floor(now() / 1_000) + 300 })),
  }),
  ofTokens('JWT-02', 'the header chooses HMAC, by the public key', {
    wrap: taking(({ head: { alg }, claims }, { sign }) => (alg === 'HS256' ? sign(head, claims) : null)),
  }),
  ofTokens('JWT-04', 'a key in the header is believed', {
    wrap: taking(({ head: own, claims }, { sign }) => (own['jwk'] !== undefined ? sign(head, claims) : null)),
  }),
  ofTokens('JWT-04', 'a key id that is no text is a fault', {
    wrap: everywhere(async (request, peer, inner) =>
      typeof tokenOf(bearerOf(request)).head['kid'] === 'number' ? answer(500) : inner(request, peer),
    ),
  }),
  ofTokens('JWT-17', 'a refresh token is taken for an access token', { wrap: anyKind }),
];
