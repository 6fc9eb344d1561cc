import type { Answer, Asked, Client } from './client.ts';
import type { Finding } from './report.ts';

export interface Account {
  readonly email: string;
  readonly password: string;
}

/** What every probe is given. */
export interface Visit {
  readonly client: Client;
  readonly origin: string;
  /** Where plain http is looked for; `null` = nowhere. */
  readonly plainHttp: URL | null;
  readonly isSecure: boolean;
  readonly account: Account | null;
  readonly mayRegister: boolean;
  readonly probesLimits: boolean;
  /** Something new in every run, so that no run meets the limits of the one before. */
  readonly nonce: string;
  /** Under the base path. */
  get(path: string, asked?: Asked): Promise<Answer>;
  /** The same as the application's own page would send it. */
  post(path: string, body: unknown, asked?: Asked): Promise<Answer>;
}

export type Probe = (visit: Visit) => Promise<readonly Finding[]>;

/** `.invalid` can receive no mail (RFC 2606 §2). */
export const strangerOf = ({ nonce }: Visit, word: string): string => `doctor-${word}-${nonce}@example.invalid`;

export const visitOf = (base: URL, rest: Omit<Visit, 'origin' | 'isSecure' | 'get' | 'post'>): Visit => {
  // Joined as text: a path of two slashes is resolved to another host.
  const under = (path: string): URL => new URL(`${base.origin}${base.pathname.replace(/\/$/, '')}${path}`);
  const own = { origin: base.origin, 'sec-fetch-site': 'same-origin' };
  return {
    ...rest,
    origin: base.origin,
    isSecure: base.protocol === 'https:',
    get: (path, asked) => rest.client.send(under(path), asked),
    post: (path, body, asked = {}) =>
      rest.client.send(under(path), { method: 'POST', body, ...asked, headers: { ...own, ...asked.headers } }),
  };
};

/** Status, code and form of an answer: what tells one from another. Ids and times of its own are left out. */
export const shapeOf = ({ status, json, cookies }: Answer): string => {
  const code = json?.['code'] ?? json?.['status'] ?? '';
  const members = Object.keys(json ?? {}).sort();
  const names = cookies.map((cookie) => cookie.split('=', 1)[0]).sort();
  return JSON.stringify([
    status,
    code,
    json?.['detail'] ?? json?.['message'] ?? json?.['error'] ?? null,
    members,
    names,
  ]);
};

export const codeOf = ({ status, json }: Answer): string => `${status} ${json?.['code'] ?? ''}`.trim();
