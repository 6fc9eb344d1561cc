import type { Mail } from '../../src/settings.ts';
import { origin } from '../../src/settings.ts';

export interface Answer {
  readonly status: number;
  /** The code of a refusal; `null` = none. */
  readonly code: string | null;
  readonly body: unknown;
}

/** How often each request was answered how, e.g. `POST /auth/login 200`. */
export type Tally = Map<string, number>;

/** A browser of its own. */
export interface Visitor {
  readonly jar: Map<string, string>;
  get(path: string): Promise<Answer>;
  post(path: string, body?: object): Promise<Answer>;
  delete(path: string): Promise<Answer>;
  /** Another one with the same cookies. */
  copy(): Visitor;
}

/** A promise of the project that was broken. */
export class Broken extends Error {
  override readonly name = 'Broken';
}

/** Several times what a store call may take: whatever comes later is taken for a hang. */
export const patienceMs = 8_000;

interface Shop {
  /** Where the next request goes: one process of several. */
  readonly url: () => string;
  readonly tally: Tally;
}

/** Breaks at what no outage excuses: no answer, a 500, and a 503 that does not say when to come back. */
export const newVisitor = (shop: Shop, jar: Map<string, string> = new Map()): Visitor => {
  const send = async (method: string, path: string, body?: object): Promise<Answer> => {
    const said = `${method} ${path.replace(/\/(usr_)?[\w-]{16,}$/, '/{id}')}`;
    const response = await fetch(`${shop.url()}${path}`, {
      method,
      headers: {
        origin,
        'sec-fetch-site': 'same-origin',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(jar.size === 0 ? {} : { cookie: [...jar].map((pair) => pair.join('=')).join('; ') }),
      },
      signal: AbortSignal.timeout(patienceMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: Error) => {
      throw new Broken(`${said}: no answer: ${error.message} ${error.cause ?? ''}`);
    });
    const { status, headers } = response;
    shop.tally.set(`${said} ${status}`, (shop.tally.get(`${said} ${status}`) ?? 0) + 1);
    keepCookies(headers.getSetCookie(), jar);
    const text = await response.text();
    if (status === 500) throw new Broken(`${said}: 500 ${text}`);
    if (status === 503 && !/^[1-9]\d*$/.test(headers.get('retry-after') ?? '')) {
      throw new Broken(`${said}: 503 without Retry-After`);
    }
    const parsed: unknown = text === '' ? null : JSON.parse(text);
    return { status, body: parsed, code: codeOf(parsed) };
  };
  return {
    jar,
    get: (path) => send('GET', path),
    post: (path, body = {}) => send('POST', path, body),
    delete: (path) => send('DELETE', path),
    copy: () => newVisitor(shop, new Map(jar)),
  };
};

const keepCookies = (cookies: readonly string[], jar: Map<string, string>): void => {
  for (const cookie of cookies) {
    const [pair = '', ...attributes] = cookie.split('; ');
    const at = pair.indexOf('=');
    if (attributes.includes('Max-Age=0')) jar.delete(pair.slice(0, at));
    else jar.set(pair.slice(0, at), pair.slice(at + 1));
  }
};

const codeOf = (body: unknown): string | null =>
  typeof body === 'object' && body !== null && 'code' in body ? String(body.code) : null;

/** The newest token mailed to an address, from whichever process sent it. */
export const newestToken = async (urls: readonly string[], to: string): Promise<string | null> => {
  const all = await Promise.all(
    urls.map(async (url) => (await (await fetch(`${url}/mails?to=${encodeURIComponent(to)}`)).json()) as Mail[]),
  );
  const links = all.flat().filter(({ type }) => type === 'verify_email');
  return links.toSorted((a, b) => a.at - b.at).at(-1)?.token ?? null;
};

/** How many answers of a status there were. */
export const count = (tally: Tally, status: number): number =>
  [...tally].filter(([said]) => said.endsWith(` ${status}`)).reduce((sum, [, n]) => sum + n, 0);
