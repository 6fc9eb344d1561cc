import { origin } from './host.ts';
import type { Running } from './transports.ts';
import type { Got, Sent } from './wire.ts';

export const password = 'correct horse battery staple';

/** A browser, and all that it was told: what can differ by chance is masked. */
export interface Teller {
  readonly email: string;
  readonly jar: Map<string, string>;
  readonly told: string[];
  send(method: string, target: string, init?: Partial<Sent>): Promise<Got>;
  post(target: string, json?: unknown, headers?: Sent['headers']): Promise<Got>;
  form(target: string, fields: Record<string, string> | string): Promise<Got>;
  /** The token of the newest link of that kind; waits for its mail. */
  token(type: string): Promise<string>;
  /** Registers, confirms and signs in. */
  signIn(): Promise<void>;
}

/** Set by servers for a connection, not by applications for an answer. */
const ofTheWire = ['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding', 'server', 'etag'];
/** An application's own answer is written by its framework; these we write on it. */
const ours = ['cache-control', 'vary', 'set-cookie'];

/** `n` makes its address: each story has buckets of its own. */
export const teller = ({ send }: Running, name: string, n: number): Teller => {
  const jar = new Map<string, string>();
  const told: string[] = [];
  const email = `${name.replace(/[^a-z]+/gi, '-')}@example.com`.toLowerCase();
  const t: Teller = {
    email,
    jar,
    told,
    send: async (method, target, init = {}) => {
      const cookie = [...jar].map((pair) => pair.join('=')).join('; ');
      const headers = {
        'x-test-address': `192.0.2.${n}`,
        ...(cookie === '' ? {} : { cookie }),
        ...(init.headers ?? { origin, 'sec-fetch-site': 'same-origin' }),
      };
      const got = await send({ method, target, headers, body: init.body ?? '' });
      keep(jar, got);
      told.push(`${method} ${target.replace(/token=[^&]+/, 'token=…')}\n${masked(got, target)}`);
      return got;
    },
    post: (target, json = {}, headers = { origin, 'sec-fetch-site': 'same-origin' }) =>
      t.send('POST', target, {
        body: JSON.stringify(json),
        headers: { 'content-type': 'application/json', ...headers },
      }),
    form: (target, fields) =>
      t.send('POST', target, {
        body: new URLSearchParams(fields).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded', origin },
      }),
    token: async (type) => {
      for (;;) {
        const { body } = await send({ method: 'GET', target: `/test/mails?to=${email}`, headers: {}, body: '' });
        const mails: readonly { readonly type: string; readonly url?: string | null }[] = JSON.parse(body);
        const link = mails.findLast((mail) => mail.type === type)?.url;
        if (link) return new URL(link).searchParams.get('token') ?? '';
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    signIn: async () => {
      await t.post('/auth/register', { email, password });
      await t.post('/auth/verify-email', { token: await t.token('verify_email') });
      await t.post('/auth/login', { email, password });
    },
  };
  return t;
};

const keep = (jar: Map<string, string>, { headers }: Got): void => {
  for (const [name, value] of headers) {
    if (name !== 'set-cookie') continue;
    const [pair = ''] = value.split(';', 1);
    const at = pair.indexOf('=');
    if (value.includes('Max-Age=0')) jar.delete(pair.slice(0, at));
    else jar.set(pair.slice(0, at), pair.slice(at + 1));
  }
};

const masked = ({ status, headers, body }: Got, target: string): string => {
  const isOwn = !target.startsWith('/auth/') && status < 400;
  const kept = headers.filter(([name]) => (isOwn ? ours.includes(name) : !ofTheWire.includes(name)));
  // Several cookies keep their order; names of other headers have none.
  const lines = kept.map(([name, value]) => `${name}: ${value}`).sort();
  const cookies = lines.filter((line) => line.startsWith('set-cookie'));
  const text = [status, ...lines.filter((line) => !line.startsWith('set-cookie')), ...cookies, '', body].join('\n');
  return text
    .replace(/req_[\w-]+/g, 'req_…')
    .replace(/(__Host-\w+)=[^;]+/g, '$1=…')
    .replace(/Max-Age=\d{3,}/g, 'Max-Age=…')
    .replace(/"id":"[\w-]+"/g, '"id":"…"')
    .replace(/token=[\w-]+/g, 'token=…')
    .replace(/value="[\w-]{20,}"/g, 'value="…"')
    .replace(/\b\d{13}\b/g, 'T');
};
