import { createHash } from 'node:crypto';
import type { Claims, LyingProvider } from '../src/index.ts';
import type { Change, Fetch } from './app.ts';
import { type Mutant, ofProvider } from './mutant.ts';
import { aliases } from './sessions.ts';
import { again, at, bodyOf, own, setPassword, type Wrap, withJson } from './wrap.ts';

const begin = '/oauth/corp';
const end = '/oauth/corp/callback';

const objectIn = (part = ''): Claims => JSON.parse(Buffer.from(part, 'base64url').toString()) as Claims;

/** A check that is left out lets pass what is wrong: it is put right before the application looks. */
const unchecked =
  (edit: (claims: Claims, provider: LyingProvider, code: string) => Claims): NonNullable<Change['fetch']> =>
  (good, provider) =>
  async (request) => {
    const form = new URLSearchParams(await request.clone().text());
    const response = await good(request);
    if (!new URL(request.url).pathname.endsWith('/token') || !response.ok) return response;
    const body = (await response.json()) as { readonly id_token: string };
    const claims = edit(objectIn(body.id_token.split('.')[1]), provider, form.get('code') ?? '');
    return Response.json({ ...body, id_token: await provider.sign({ alg: 'ES256', kid: 'one' }, claims) });
  };

/** Every claim as it is, and the signature nobody's concern. */
const asItIs = (claims: Claims): Claims => claims;

/** Another way to the provider is answered. */
const leading = (edit: (url: URL, request: Request) => void): Wrap =>
  at(begin, async (request, peer, inner) => {
    const response = await inner(request, peer);
    if (!response.ok) return response;
    return withJson(response, (json) => {
      const url = new URL(String(json['url']));
      edit(url, request);
      return { ...json, url: url.href };
    });
  });

const returning = (edit: (params: URLSearchParams) => void): Wrap =>
  at(end, async (request, peer, inner) => {
    const url = new URL(request.url);
    edit(url.searchParams);
    return inner(await again(request, { path: `${end}${url.search}` }), peer);
  });

const flowIn = (text: string): string => /__Host-flow=[^;\n]+/.exec(text)?.[0] ?? '';

const stateIn = async (response: Response): Promise<string> => {
  const { url } = (await response.clone().json()) as { readonly url: string };
  return new URL(url).searchParams.get('state') ?? '';
};

/** A callback goes with the flow of whoever began it. */
const anyBrowser: Wrap = (inner) => {
  const flows = new Map<string, string>();
  return async (request, peer) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname.endsWith(end)) {
      const cookie = flows.get(searchParams.get('state') ?? '') ?? request.headers.get('cookie');
      return inner(await again(request, { path: `${end}?${searchParams}`, headers: { cookie } }), peer);
    }
    const response = await inner(request, peer);
    if (pathname.endsWith(begin) && response.ok)
      flows.set(
        await stateIn(response),
        flowIn(`${response.headers.getSetCookie().join('\n')}\n${request.headers.get('cookie') ?? ''}`),
      );
    return response;
  };
};

/** Without a state there is nothing to compare, and the callback goes on as if it had one. */
const noState: Wrap = at(end, async (request, peer, inner) => {
  const { searchParams } = new URL(request.url);
  if ((searchParams.get('state') ?? '') !== '') return inner(request, peer);
  const begun = await inner(own(begin, {}), peer);
  searchParams.set('state', await stateIn(begun));
  const cookie = flowIn(begun.headers.getSetCookie().join('\n'));
  return inner(await again(request, { path: `${end}?${searchParams}`, headers: { cookie } }), peer);
});

/** The nonce is remembered by the state, and not compared. */
const anyNonce = (): Change => {
  const byState = new Map<string, string>();
  const byCode = new Map<string, string>();
  return {
    wrap: (inner, app) => {
      const learn = leading(({ searchParams }) => {
        byState.set(searchParams.get('state') ?? '', searchParams.get('nonce') ?? '');
      });
      const match = returning((params) => {
        byCode.set(params.get('code') ?? '', byState.get(params.get('state') ?? '') ?? '');
      });
      return match(learn(inner, app), app);
    },
    fetch: unchecked((claims, _provider, code) => ({ ...claims, nonce: byCode.get(code) })),
  };
};

const hashed = (text: unknown): string => createHash('sha256').update(String(text)).digest('hex');

const unverifying: NonNullable<Change['fetch']> = (good): Fetch => {
  return async (request) => {
    if (!new URL(request.url).pathname.endsWith('/token')) return good(request);
    const form = new URLSearchParams(await request.clone().text());
    form.delete('code_verifier');
    return good(new Request(request.url, { method: 'POST', headers: request.headers, body: form.toString() }));
  };
};

export const oauth: readonly Mutant[] = [
  ofProvider('OIDC-01', 'a state counts in every browser', { wrap: anyBrowser }),
  ofProvider('OIDC-02', 'without a state, none is asked for', { wrap: noState }),
  ofProvider('OIDC-03', 'there is no challenge', {
    wrap: leading(({ searchParams }) => searchParams.delete('code_challenge')),
  }),
  ofProvider('OIDC-03', 'the challenge is plain', {
    wrap: leading(({ searchParams }) => searchParams.set('code_challenge_method', 'plain')),
  }),
  ofProvider('OIDC-04', 'there is no nonce', { wrap: leading(({ searchParams }) => searchParams.delete('nonce')) }),
  ofProvider('OIDC-27', 'states are six digits', {
    wrap: leading(({ searchParams }) => {
      const digits = Number.parseInt(hashed(searchParams.get('state')).slice(0, 8), 16) % 1_000_000;
      searchParams.set('state', String(digits).padStart(6, '0'));
    }),
  }),
  ofProvider('OIDC-18', 'the callback is made of X-Forwarded-Host', {
    wrap: leading(({ searchParams }, request) => {
      const host = request.headers.get('x-forwarded-host');
      if (host !== null) searchParams.set('redirect_uri', `https://${host}/auth${end}`);
    }),
  }),
  ofProvider('OIDC-06', 'signatures of ID tokens are not looked at', { fetch: unchecked(asItIs) }),
  ofProvider('OIDC-15', 'ID tokens of other clients count', {
    fetch: unchecked(({ azp: _, ...claims }, { clientId }) => ({ ...claims, aud: clientId })),
  }),
  ofProvider('OIDC-07', 'ID tokens of other issuers count', {
    fetch: unchecked((claims, { issuer }) => ({ ...claims, iss: issuer })),
  }),
  ofProvider('OIDC-28', 'the nonce is not compared', anyNonce()),
  ofProvider('OIDC-29', 'ID tokens count for ever', {
    fetch: unchecked((claims) => {
      const iat = Date.UTC(2060, 0, 1) / 1_000;
      return { ...claims, iat, exp: iat + 86_400 };
    }),
  }),
  ofProvider('OIDC-08', 'nobody at the provider is somebody here', {
    fetch: unchecked((claims) => ({
      ...claims,
      sub: typeof claims['sub'] === 'string' && claims['sub'] !== '' ? claims['sub'] : 'undefined',
    })),
  }),
  ofProvider('OIDC-08', 'people are found by their address', {
    fetch: unchecked((claims) => ({ ...claims, sub: claims['sub'] ? hashed(claims['email']) : claims['sub'] })),
  }),
  ofProvider('OIDC-11', 'an address is taken for proved', {
    oauth: { linkVerifiedEmail: true },
    fetch: unchecked((claims) => ({ ...claims, email_verified: true })),
  }),
  ofProvider('OIDC-10', 'the password of a registration outlives the owner’s sign-in', {
    wrap: (inner, app) => {
      let squatted = {};
      const learn = at('/register', async (request, peer, next) => {
        squatted = await bodyOf(request);
        return next(request, peer);
      });
      const keep = at(end, async (request, peer, next) => {
        const response = await next(request, peer);
        const { email, password } = squatted as Record<string, unknown>;
        await setPassword(app, email, password);
        return response;
      });
      return keep(learn(inner, app), app);
    },
  }),
  ofProvider('OIDC-05', 'the issuer of an answer is not compared', {
    wrap: returning((params) => params.set('iss', 'http://127.0.0.1:4010')),
  }),
  ofProvider('OIDC-31', 'an answer signs in again and again', {
    wrap: (inner) => {
      const seen = new Map<string, readonly string[]>();
      return async (request, peer) => {
        const { pathname, search } = new URL(request.url);
        const response = await inner(request, peer);
        if (!pathname.endsWith(end)) return response;
        const cookies = response.headers.getSetCookie();
        if (cookies.some((line) => line.startsWith('__Host-session='))) seen.set(search, cookies);
        else for (const line of seen.get(search) ?? []) response.headers.append('set-cookie', line);
        return response;
      };
    },
  }),
  ofProvider('OIDC-32', 'a state never ends', {
    wrap: at(end, async (request, peer, inner, app) => {
      app.advance(-2 * 86_400_000);
      const response = await inner(request, peer);
      app.advance(2 * 86_400_000);
      return response;
    }),
  }),
  ofProvider('OIDC-33', 'codes are redeemed without the verifier', { fetch: unverifying }),
  ofProvider('OIDC-34', 'a planted session value is kept', {
    wrap: aliases(end, (real, presented) => (presented === '' ? real : presented)),
  }),
];
