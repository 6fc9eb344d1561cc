import { type Mutant, mutant } from './mutant.ts';
import { again, answering, at, everywhere, pathOf, type Wrap, withHeaders } from './wrap.ts';

const own = { origin: 'https://app.example.com', 'sec-fetch-site': 'same-origin' };

/** What a request says of its origin is believed to be the own one, when a look at it says so. */
const trusting = (
  looksRight: (origin: string | null, site: string | null, request: Request) => boolean,
  paths: readonly string[] | null = null,
): Wrap =>
  everywhere(async (request, peer, inner) => {
    const applies = paths === null || paths.some((path) => pathOf(request).startsWith(path));
    const right = applies && looksRight(request.headers.get('origin'), request.headers.get('sec-fetch-site'), request);
    return inner(right ? await again(request, { headers: own }) : request, peer);
  });

const host = 'app.example.com';

const overridden = (methodOf: (request: Request) => string | null): Wrap =>
  everywhere(async (request, peer, inner) => {
    const method = methodOf(request);
    return inner(
      method === null || request.method !== 'GET'
        ? request
        : await again(request, { method, json: {}, headers: { ...own, 'content-type': 'application/json' } }),
      peer,
    );
  });

const cors = (allow: (origin: string) => string | null): Wrap =>
  answering(null, (response, request) => {
    const origin = request.headers.get('origin');
    const allowed = origin === null ? null : allow(origin);
    return allowed === null
      ? response
      : withHeaders(response, { 'access-control-allow-origin': allowed, 'access-control-allow-credentials': 'true' });
  });

export const csrf: readonly Mutant[] = [
  mutant('CSRF-01', 'nobody looks at the origin', { wrap: trusting(() => true) }),
  mutant('CSRF-01', 'the origin counts only with a cookie', {
    wrap: trusting((_origin, _site, request) => !request.headers.has('cookie')),
  }),
  mutant('CSRF-11', 'the origin `null` is none', { wrap: trusting((origin) => origin === 'null') }),
  mutant('CSRF-12', 'Sec-Fetch-Site is not read', { wrap: trusting((origin) => origin === null) }),
  mutant('CSRF-13', 'a text is JSON, and of the own page', {
    wrap: everywhere(async (request, peer, inner) =>
      inner(
        request.headers.get('content-type') === 'text/plain'
          ? await again(request, { headers: { ...own, 'content-type': 'application/json' } })
          : request,
        peer,
      ),
    ),
  }),
  mutant('CSRF-14', 'origins are compared by their beginning', {
    wrap: trusting((origin) => origin?.startsWith(`https://${host}`) === true),
  }),
  mutant('CSRF-14', 'origins are compared by their end', {
    wrap: trusting((origin) => origin?.endsWith(host) === true),
  }),
  mutant('CSRF-14', 'origins are compared without their scheme', {
    wrap: trusting((origin) => origin?.replace(/^https?:/, '') === `//${host}`),
  }),
  mutant('CSRF-18', 'the origin is compared with Host', {
    wrap: trusting((origin, _site, request) => origin === `https://${request.headers.get('host')}`),
  }),
  mutant('CSRF-18', 'the origin is compared with X-Forwarded-Host', {
    wrap: trusting((origin, _site, request) => origin === `https://${request.headers.get('x-forwarded-host')}`),
  }),
  mutant('CSRF-10', 'sibling hosts are the own site', { wrap: trusting((_origin, site) => site === 'same-site') }),
  mutant('CSRF-19', 'a change of address comes from anywhere', { wrap: trusting(() => true, ['/change-email']) }),
  mutant('CSRF-20', 'a DELETE comes from anywhere', {
    wrap: trusting((_origin, _site, { method }) => method === 'DELETE'),
  }),
  mutant('CSRF-21', 'what says nothing is trusted', {
    wrap: trusting((origin, site) => origin === null && site === null),
  }),
  mutant('CSRF-07', 'a GET signs out', {
    wrap: at('/logout', async (request, peer, inner) =>
      inner(
        request.method === 'GET'
          ? await again(request, { method: 'POST', json: {}, headers: { ...own, 'content-type': 'application/json' } })
          : request,
        peer,
      ),
    ),
  }),
  mutant('CSRF-08', 'X-HTTP-Method-Override is heard', {
    wrap: overridden((request) => request.headers.get('x-http-method-override')),
  }),
  mutant('CSRF-08', '_method is heard', {
    wrap: overridden((request) => new URL(request.url).searchParams.get('_method')),
  }),
  mutant('CSRF-09', 'CORS repeats every origin', { wrap: cors((origin) => origin) }),
  mutant('CSRF-15', 'CORS allows the origin `null`', { wrap: cors((origin) => (origin === 'null' ? origin : null)) }),
  mutant('CSRF-16', 'preflights are granted to everybody', {
    wrap: answering(null, (response, request) =>
      request.method === 'OPTIONS' ? withHeaders(response, { 'access-control-allow-origin': '*' }) : response,
    ),
  }),
];
