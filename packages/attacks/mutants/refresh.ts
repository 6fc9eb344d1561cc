import { type Mutant, ofTokens } from './mutant.ts';
import { again, answer, answering, at, pathOf, type Wrap, withCookies, withJson } from './wrap.ts';

const pattern = /__Host-refresh=([^;]+)/;
const refreshOf = (request: Request): string => pattern.exec(request.headers.get('cookie') ?? '')?.[1] ?? '';
const issuedIn = (response: Response): string => pattern.exec(response.headers.getSetCookie().join('\n'))?.[1] ?? '';

/** Refresh tokens of the application's own making; behind each is whatever `real` says. */
const aliases = (
  nameOf: (issued: string, presented: string) => string,
  real: (presented: string, newest: (token: string) => string) => string,
): Wrap => {
  return (inner) => {
    const behind = new Map<string, string>();
    const next = new Map<string, string>();
    const newest = (token: string): string => {
      let last = token;
      for (let after = next.get(last); after !== undefined && after !== last; after = next.get(last)) last = after;
      return last;
    };
    return async (request, peer) => {
      const presented = refreshOf(request);
      const inside = real(behind.get(presented) ?? presented, newest);
      const cookie = (request.headers.get('cookie') ?? '').replace(presented, inside);
      const response = await inner(presented === '' ? request : await again(request, { headers: { cookie } }), peer);
      const issued = issuedIn(response);
      if (issued === '') return response;
      if (inside !== '' && inside !== issued) next.set(inside, issued);
      const alias = nameOf(issued, presented);
      behind.set(alias, issued);
      return withCookies(response, (line) => line.replace(issued, alias));
    };
  };
};

/** A refresh token that was good once is answered as if it still were, after a request to `path`; `null` = always. */
const undead = (path: string | null): Wrap => {
  return (inner) => {
    const known = new Set<string>();
    let ended = path === null;
    return async (request, peer) => {
      const response = await inner(request, peer);
      if (response.ok && pathOf(request) === path) ended = true;
      known.add(issuedIn(response));
      const isRefused = pathOf(request) === '/refresh' && !response.ok;
      return isRefused && ended && known.has(refreshOf(request)) && refreshOf(request) !== ''
        ? answer(200, { accessToken: 'x', expiresIn: 1 })
        : response;
    };
  };
};

const cookie = (edit: (line: string) => string) => ({
  wrap: answering(['/login', '/refresh'], (response) =>
    withCookies(response, (line) => (line.startsWith('__Host-refresh=') ? edit(line) : line)),
  ),
});

/** Nearly right is right, when the beginning is. */
const byBeginning: Wrap = (inner) => {
  const known: string[] = [];
  return async (request, peer) => {
    const presented = refreshOf(request);
    const real = known.find((one) => presented.length > 8 && one.slice(0, 8) === presented.slice(0, 8)) ?? presented;
    const header = (request.headers.get('cookie') ?? '').replace(presented, real);
    const response = await inner(await again(request, { headers: { cookie: header === '' ? null : header } }), peer);
    const issued = issuedIn(response);
    if (issued !== '') known.push(issued);
    return response;
  };
};

const another = (issued: string): string => `${issued}${Math.random().toString(36).slice(2)}`;

export const refresh: readonly Mutant[] = [
  ofTokens('RT-01', 'the refresh token stays the same', {
    wrap: aliases(
      (issued, presented) => (presented === '' ? issued : presented),
      (token) => token,
    ),
  }),
  ofTokens('RT-02', 'a used refresh token counts for the newest', {
    wrap: aliases(
      (issued) => issued,
      (token, newest) => newest(token),
    ),
  }),
  ofTokens('RT-03', 'every use at once begins a family of its own', {
    wrap: aliases(another, (token, newest) => newest(token)),
  }),
  ofTokens('RT-06', 'a refresh lengthens the sign-in for ever', { wrap: undead(null) }),
  ofTokens('RT-07', 'refresh tokens outlive a reset', { wrap: undead('/reset-password') }),
  ofTokens('RT-13', 'refresh tokens outlive a sign-out', { wrap: undead('/logout') }),
  ofTokens('RT-16', 'refresh tokens outlive a change of password', { wrap: undead('/change-password') }),
  ofTokens(
    'RT-09',
    'scripts read the refresh token',
    cookie((line) => line.replace('; HttpOnly', '')),
  ),
  ofTokens(
    'RT-09',
    'the refresh token goes unencrypted',
    cookie((line) => line.replace('; Secure', '')),
  ),
  ofTokens(
    'RT-09',
    'other sites send the refresh token along',
    cookie((line) => line.replace(/SameSite=\w+/, 'SameSite=None')),
  ),
  ofTokens('RT-14', 'a sign-in puts the refresh token into the body', {
    wrap: at(['/login', '/refresh'], async (request, peer, inner) => {
      const response = await inner(request, peer);
      const refreshToken = issuedIn(response);
      return refreshToken === '' ? response : withJson(response, (json) => ({ ...json, refreshToken }));
    }),
  }),
  ofTokens('RT-18', 'refresh tokens are looked up by their beginning', { wrap: byBeginning }),
];
