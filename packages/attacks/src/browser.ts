import { type Answer, isExpired } from './wire.ts';

/** A browser as far as cookies and a bearer token go. Each has an address of its own, unless it is given one. */
export interface Browser {
  readonly jar: Map<string, string>;
  bearer: string | null;
  readonly address: number;
}

export const newBrowser = (address: number): Browser => ({ jar: new Map(), bearer: null, address });

/** The same cookies and token in another hand. */
export const copyOf = ({ jar, bearer, address }: Browser): Browser => ({ jar: new Map(jar), bearer, address });

export const cookieHeader = ({ jar }: Browser): string =>
  [...jar].map(([name, value]) => `${name}=${value}`).join('; ');

/** Keeps what the answer sets, and forgets what it expires. */
export const keep = ({ jar }: Browser, { cookies }: Answer): void => {
  for (const cookie of cookies) {
    if (isExpired(cookie)) jar.delete(cookie.name);
    else jar.set(cookie.name, cookie.value);
  }
};
