import { keepCookies, origin, type TestAnswer } from '../harness.ts';

export interface Browser {
  readonly jar: Map<string, string>;
  send(method: string, path: string, init?: RequestInit): Promise<TestAnswer>;
  get(path: string, headers?: Record<string, string>): Promise<TestAnswer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<TestAnswer>;
  form(path: string, fields: Record<string, string>): Promise<TestAnswer>;
}

/** A jar of its own, and requests over the wire that say what a browser on the same origin says. Nothing is `''`. */
export const browserAt = (url: string): Browser => {
  const jar = new Map<string, string>();
  const send = async (method: string, path: string, init: RequestInit = {}): Promise<TestAnswer> => {
    const headers = new Headers({ 'sec-fetch-site': 'same-origin', origin });
    if (jar.size > 0) headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
    for (const [name, value] of new Headers(init.headers)) headers.set(name, value);
    const response = await fetch(url + path, { ...init, method, headers, redirect: 'manual' });
    const cookies = keepCookies(response, jar);
    const text = await response.text();
    const isJson = text !== '' && (response.headers.get('content-type') ?? '').includes('json');
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text, cookies };
  };
  return {
    jar,
    send,
    get: (path, headers = {}) => send('GET', path, { headers }),
    post: (path, body = {}, headers = {}) =>
      send('POST', path, { body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } }),
    form: (path, fields) => send('POST', path, { body: new URLSearchParams(fields) }),
  };
};
