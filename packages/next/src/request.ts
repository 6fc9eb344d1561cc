/// <reference path="./next-modules.d.ts" />
import type { Auth, HeaderSource, RequestContext } from '@sallyport/core';
import { cookies, headers } from 'next/headers';
import { after } from 'next/server';

/** Next tells nothing of the socket. What outlives the answer is kept alive by `after`. */
export const context: RequestContext = { peer: null, waitUntil: (task) => after(() => task) };

/** The request that is being rendered or acted on, with the cookies that an action of it has set or removed. */
export const source = async (): Promise<HeaderSource> => {
  const [sent, jar] = await Promise.all([headers(), cookies()]);
  const cookie = cookieHeader(sent.get('cookie') ?? '', jar.getAll());
  return { get: (name) => (name === 'cookie' ? cookie : sent.get(name)) };
};

interface Cookie {
  readonly name: string;
  readonly value: string;
}

const isOurs = ({ name }: Cookie): boolean => /^(?:__Host-|sallyport-)/.test(name);

/**
 * The header as it was sent, in which a cookie that comes twice is seen; unless an action has changed one of ours since. `null`
 * for none.
 */
export const cookieHeader = (sent: string, jar: readonly Cookie[]): string | null => {
  const pairs = sent.split(';').map((pair) => pair.trim());
  const before = pairs.map((pair) => ({ name: pair.split('=', 1)[0] ?? '', value: '' })).filter(isOurs);
  const now = jar.filter(isOurs);
  const isSame =
    now.every(({ name, value }) => pairs.includes(`${name}=${value}`)) &&
    before.every(({ name }) => now.some((one) => one.name === name));
  if (isSame) return sent === '' ? null : sent;
  const all = jar.map(({ name, value }) => `${name}=${value}`).join('; ');
  return all === '' ? null : all;
};

/** A request for our routes, under the configured origin and never the `Host` of the request. */
export const requestFor = ({ origin }: Pick<Auth<unknown>, 'origin'>, asked: Request): Request => {
  const { pathname, search } = new URL(asked.url);
  const { method, headers: sent, body } = asked;
  const init = { method, headers: sent, duplex: 'half' } as const;
  const carries = method !== 'GET' && method !== 'HEAD';
  return new Request(origin + pathname + search, carries ? { ...init, body } : init);
};
