import type { AuthMessage, CredentialRecord, UserRecord } from '@sallyport/core';
import { type App, type Handle, origin } from './app.ts';

export type Wrap = (inner: Handle, app: App) => Handle;
export type Json = Record<string, unknown>;

export const pathOf = (request: Request): string => new URL(request.url).pathname.replace(/^\/auth/, '');

type Spoil = (request: Request, peer: string, inner: Handle, app: App) => Promise<Response>;

/** Spoils requests of one path, or of several; the rest goes on as it is. */
export const at =
  (paths: string | readonly string[], spoil: Spoil): Wrap =>
  (inner, app) =>
  (request, peer) =>
    [paths].flat().includes(pathOf(request)) ? spoil(request, peer, reread(inner), app) : inner(request, peer);

/** A request can be read once; a mutant reads it, too. */
const reread =
  (inner: Handle): Handle =>
  (request, peer) =>
    inner(request.clone(), peer);

/** Spoils every request. */
export const everywhere =
  (spoil: Spoil): Wrap =>
  (inner, app) =>
  (request, peer) =>
    spoil(request, peer, reread(inner), app);

/** The body as JSON; `{}` for whatever else. Leaves the request unread. */
export const bodyOf = async (request: Request): Promise<Json> => {
  try {
    const value: unknown = JSON.parse(await request.clone().text());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
  } catch {
    return {};
  }
};

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

export interface Changes {
  readonly json?: Json;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string | null>;
}

/** The request again, with another body, path, method or headers; a header of `null` is gone. */
export const again = async (
  request: Request,
  { json, path, method = request.method, headers = {} }: Changes,
): Promise<Request> => {
  const all = new Headers(request.headers);
  for (const [name, value] of Object.entries(headers)) {
    if (value === null) all.delete(name);
    else all.set(name, value);
  }
  const reads = method === 'GET' || method === 'HEAD';
  const body = json === undefined ? await request.clone().text() : JSON.stringify(json);
  return new Request(path === undefined ? request.url : `${origin}/auth${path}`, {
    method,
    headers: all,
    ...(reads ? {} : { body }),
  });
};

/** A request of the own page. */
export const own = (path: string, json: Json, cookie: string | null = null): Request =>
  new Request(`${origin}/auth${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'sec-fetch-site': 'same-origin',
      ...(cookie === null ? {} : { cookie }),
    },
    body: JSON.stringify(json),
  });

/** Changes the body of requests to some paths. */
export const rewriting = (
  paths: string | readonly string[],
  edit: (body: Json, app: App, request: Request) => Json | Promise<Json>,
): Wrap =>
  at(paths, async (request, peer, inner, app) => {
    if (request.method !== 'POST') return inner(request, peer);
    return inner(await again(request, { json: await edit(await bodyOf(request), app, request) }), peer);
  });

/** Changes answers. */
export const answering =
  (
    paths: string | readonly string[] | null,
    edit: (response: Response, request: Request, app: App) => Response | Promise<Response>,
  ): Wrap =>
  (inner, app) => {
    const spoil: Spoil = async (request, peer, next) => edit(await next(request, peer), request, app);
    return (paths === null ? everywhere(spoil) : at(paths, spoil))(inner, app);
  };

/** An answer with other headers; `null` takes one away. */
export const withHeaders = (response: Response, headers: Record<string, string | null>): Response => {
  const all = new Headers(response.headers);
  for (const [name, value] of Object.entries(headers)) {
    if (value === null) all.delete(name);
    else all.set(name, value);
  }
  return new Response(response.body, { status: response.status, headers: all });
};

/** An answer whose cookies are edited; an empty text drops one. */
export const withCookies = (response: Response, edit: (line: string) => string): Response => {
  const lines = response.headers.getSetCookie().map(edit);
  const all = new Headers(response.headers);
  all.delete('set-cookie');
  for (const line of lines) if (line !== '') all.append('set-cookie', line);
  return new Response(response.body, { status: response.status, headers: all });
};

/** An answer whose JSON is edited. */
export const withJson = async (
  response: Response,
  edit: (json: Json) => unknown,
  status: number = response.status,
): Promise<Response> => {
  const json: unknown = JSON.parse((await response.text()) || '{}');
  return new Response(JSON.stringify(edit(json as Json)), { status, headers: withoutLength(response) });
};

const withoutLength = (response: Response): Headers => {
  const headers = new Headers(response.headers);
  headers.delete('content-length');
  headers.set('content-type', 'application/json');
  return headers;
};

export const answer = (status: number, json: unknown = null, headers: Record<string, string> = {}): Response =>
  new Response(json === null ? null : JSON.stringify(json), {
    status,
    headers: json === null ? headers : { 'content-type': 'application/json', ...headers },
  });

export const sessionOf = (request: { readonly headers: Headers }): string =>
  /__Host-session=([^;]*)/.exec(request.headers.get('cookie') ?? '')?.[1] ?? '';

export const userOf = async (app: App, email: unknown): Promise<UserRecord | null> =>
  typeof email === 'string' ? app.stores.users.findByLoginKey(email.trim().toLowerCase()) : null;

export const credentialOf = async (app: App, email: unknown): Promise<CredentialRecord | null> => {
  const user = await userOf(app, email);
  return user === null ? null : app.stores.durable.open<CredentialRecord>('credential').get(user.id);
};

/** The hasher of the tests keeps passwords readable. */
export const passwordOf = async (app: App, email: unknown): Promise<string> =>
  (await credentialOf(app, email))?.password?.replace(/^\$test\$/, '') ?? '';

/** Writes to a credential behind the back of every flow. */
export const rewriteCredential = async (
  app: App,
  credential: CredentialRecord | null,
  change: Partial<CredentialRecord>,
): Promise<void> => {
  if (credential === null) return;
  const next = { ...credential, ...change, version: credential.version + 1 };
  await app.stores.durable.open<CredentialRecord>('credential').replace(next, credential.version);
};

/** Sets a password behind the back of every flow. */
export const setPassword = async (app: App, email: unknown, password: unknown): Promise<void> =>
  rewriteCredential(app, await credentialOf(app, email), { password: `$test$${textOf(password)}` });

/** Signs somebody in from an address that nobody counts; the `Cookie` of their browser. */
export const cookieOf = async (app: App, email: unknown): Promise<string> => {
  const response = await app.inner(own('/login', { email, password: await passwordOf(app, email) }), somewhere());
  return response.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ');
};

export const somewhere = (): string => `192.0.${Math.floor(Math.random() * 256)}.${Math.floor(Math.random() * 256)}`;

/** Who a token was mailed to, and as what. */
export const mailed = (app: App, token: unknown): AuthMessage | null =>
  app.outbox.find(
    (message) => 'url' in message && message.url !== null && new URL(message.url).searchParams.get('token') === token,
  ) ?? null;

/** A reset link sets a password although the core has refused it. */
export const honoursLinks = (
  types: readonly string[] = ['reset_password'],
  find: (app: App, token: string) => ReturnType<typeof mailed> = mailed,
): Wrap =>
  at('/reset-password', async (request, peer, inner, app) => {
    const { token, password } = await bodyOf(request);
    const response = await inner(request, peer);
    if (response.ok || typeof token !== 'string') return response;
    const message = find(app, token);
    if (message === null || !types.includes(message.type)) return response;
    await setPassword(app, message.to, password);
    return answer(204);
  });

/** Sessions that are ended at some paths go on, as those of a cache or a signed cookie would. */
export const zombies = (
  paths: string | readonly string[],
  which: (value: string, presented: string) => boolean = () => true,
): Wrap => {
  return (inner) => {
    const seen = new Map<string, string>();
    const raised = new Set<string>();
    return async (request, peer) => {
      const value = sessionOf(request);
      const path = pathOf(request);
      const response = await inner(request, peer);
      if (path === '/session' && request.method === 'GET') {
        const text = await response.clone().text();
        if (!text.includes('"user":null')) seen.set(value, text);
        else if (raised.has(value)) return new Response(seen.get(value), { status: 200, headers: response.headers });
      }
      const known = [paths].flat().some((one) => path === one || (one.endsWith('/') && path.startsWith(one)));
      if (known && response.ok && request.method !== 'GET')
        for (const one of seen.keys()) if (which(one, value)) raised.add(one);
      return response;
    };
  };
};

/** Answers of a guard that was gone around. */
export const opened = async (app: App, inner: Handle, request: Request, path: string): Promise<Response> => {
  const email = app.outbox[0]?.to;
  return inner(
    new Request(`${origin}/auth${path}`, { headers: { cookie: await cookieOf(app, email) } }),
    request.headers.get('x-peer') ?? somewhere(),
  );
};
