import { type Mutant, mutant } from './mutant.ts';
import { answering, at, type Wrap, withHeaders } from './wrap.ts';

/** A form login leads wherever it is told, when a look at the target says so. */
const leading = (isFine: (target: string) => boolean, write: (target: string) => string = encoded): Wrap =>
  at('/login', async (request, peer, inner) => {
    const target = new URLSearchParams(await request.clone().text()).get('returnTo');
    const response = await inner(request, peer);
    if (target === null || response.status !== 303 || !isFine(target)) return response;
    return withHeaders(response, { location: write(target) });
  });

/** As far as a header can hold it. */
const encoded = (target: string): string =>
  /[^\x20-\x7e]/.test(target) ? encodeURI(target).replaceAll('%5C', '\\') : target;

const onPages = (edit: (response: Response, request: Request) => Response | Promise<Response>): Wrap =>
  answering(null, (response, request) =>
    (response.headers.get('content-type') ?? '').includes('html') ? edit(response, request) : response,
  );

const writing = (quote: (text: string) => string): Wrap =>
  onPages(async (response, request) => {
    const [text = ''] = [...new URL(request.url).searchParams.values()];
    return new Response(`${await response.text()}<p>${quote(text)}</p>`, {
      status: response.status,
      headers: response.headers,
    });
  });

const policy = (edit: (text: string) => string | null): Wrap =>
  onPages((response) =>
    withHeaders(response, { 'content-security-policy': edit(response.headers.get('content-security-policy') ?? '') }),
  );

export const redirects: readonly Mutant[] = [
  mutant('RED-01', 'a path is what begins with a slash', { wrap: leading((target) => target.startsWith('/')) }),
  mutant('RED-01', 'a path is what has no scheme', { wrap: leading((target) => !/^\w+:/.test(target)) }),
  mutant('RED-10', 'every target is fine', { wrap: leading(() => true) }),
  mutant('RED-10', 'a target begins with the own origin', {
    wrap: leading((target) => target.startsWith('https://app.example.com')),
  }),
  mutant('RED-05', 'every scheme is fine', { wrap: leading((target) => !target.startsWith('http')) }),
  mutant('RED-12', 'a line break becomes a header', {
    wrap: at('/login', async (request, peer, inner) => {
      const target = new URLSearchParams(await request.clone().text()).get('returnTo') ?? '';
      const response = await inner(request, peer);
      if (target.includes('\n')) response.headers.append('set-cookie', target.split('set-cookie: ')[1] ?? '');
      return response;
    }),
  }),
  mutant('RED-08', 'a form login is answered 307', {
    wrap: answering('/login', (response) =>
      response.status === 303 ? new Response(null, { status: 307, headers: response.headers }) : response,
    ),
  }),
  mutant('RED-06', 'a page writes what is in its address', { wrap: writing((text) => text) }),
  mutant('RED-06', 'a page escapes brackets alone', {
    wrap: writing((text) => text.replaceAll('<', '&lt;').replaceAll('>', '&gt;')),
  }),
  mutant('RED-11', 'pages have no policy', { wrap: policy(() => null) }),
  mutant('RED-11', 'pages allow inline scripts', {
    wrap: policy((text) => `${text}; script-src 'self' 'unsafe-inline'`),
  }),
  mutant('RED-09', 'pages can be framed', {
    wrap: onPages((response) =>
      withHeaders(response, {
        'x-frame-options': null,
        'content-security-policy': (response.headers.get('content-security-policy') ?? '').replace(
          /frame-ancestors[^;]*;?/,
          '',
        ),
      }),
    ),
  }),
];
