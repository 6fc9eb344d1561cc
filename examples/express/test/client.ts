import { type Running, serve } from '../src/serve.ts';

export const secrets = '1:VGhpcyBpcyBhIHRlc3Qgc2VjcmV0IG9mIDMyIGJ5dGVzIQ';
export const goodPassword = 'correct horse battery staple';
export const otherPassword = 'wholly different pass phrase';

/** The time of the server under test: the real one, moved on by as much as a test says. */
export interface TestClock {
  now(): number;
  advance(ms: number): void;
}

export const testClock = (): TestClock => {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    advance: (ms) => {
      ahead += ms;
    },
  };
};

export const startDemo = (clock: TestClock = testClock()): Promise<Running> => serve({ port: 0, secrets, clock });

/** A browser as far as cookies go. */
export interface Client {
  get(path: string): Promise<Response>;
  post(path: string, body: object): Promise<Response>;
}

export const client = (origin: string): Client => {
  const jar = new Map<string, string>();
  const send = async (path: string, init: { method?: string; body?: string; headers?: Record<string, string> }) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...init.headers, ...(cookie === '' ? {} : { cookie }) };
    const response = await fetch(origin + path, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';', 1);
      const [name = '', ...value] = pair.split('=');
      jar.set(name, value.join('='));
    }
    return response;
  };
  return {
    get: (path) => send(path, {}),
    post: (path, body) =>
      send(path, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', origin },
      }),
  };
};

/** The token of the newest link that was mailed. */
export const newestToken = ({ outbox }: Running): string => {
  const url = outbox.mails().findLast((mail) => mail.url !== undefined)?.url;
  if (url === undefined) throw new Error('no link was mailed');
  return new URL(url).searchParams.get('token') ?? '';
};

/** Somebody who has registered, confirmed and signed in. */
export const member = async (demo: Running, email: string): Promise<Client> => {
  const browser = client(demo.origin);
  const registered = await browser.post('/auth/register', { email, password: goodPassword });
  if (registered.status !== 202) throw new Error(`registration answered ${registered.status}`);
  await demo.auth.drain();
  await browser.post('/auth/verify-email', { token: newestToken(demo) });
  const answer = await browser.post('/auth/login', { email, password: goodPassword });
  if (answer.status !== 200) throw new Error(`sign-in answered ${answer.status}`);
  return browser;
};
