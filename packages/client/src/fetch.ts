import { isStale, problemOf, signedOut } from './error.ts';
import type { Places } from './places.ts';
import type { Renewal } from './renewal.ts';
import { isRequest, sending } from './resend.ts';
import type { Runtime } from './runtime.ts';
import type { Standing } from './standing.ts';

export type AuthorisedFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

interface Needs {
  readonly runtime: Runtime;
  readonly places: Places;
}

const urlOf = (input: string | URL | Request): string => (isRequest(input) ? input.url : String(input));

/** `fetch` with an access token: renewed before its end, and once more where the server calls it expired all the same. */
export const bearerFetch =
  ({
    runtime,
    places,
    standing,
    renewal,
  }: Needs & { readonly standing: Standing<unknown>; readonly renewal: Renewal }): AuthorisedFetch =>
  async (input, init) => {
    places.check(urlOf(input));
    if (standing.phase === 'out') throw signedOut();
    const signal = init?.signal ?? (isRequest(input) ? input.signal : null);
    const token = await unlessAborted(signal, renewal.token());
    const { first, again, done } = sending(runtime.fetch, input, init);
    try {
      const response = await first(token.value);
      if (response.status !== 401 || !isStale((await problemOf(response.clone()))?.code)) return response;
      if (again === null) {
        renewal.instead(token).catch(() => {});
        return response;
      }
      response.body?.cancel().catch(() => {});
      const renewed = await unlessAborted(signal, renewal.instead(token));
      return await again(renewed.value);
    } finally {
      done();
    }
  };

/** `fetch` with cookies. An answer that says that nobody is signed in makes the client ask who is. */
export const cookieFetch =
  ({ runtime, places, doubt }: Needs & { readonly doubt: () => void }): AuthorisedFetch =>
  async (input, init) => {
    places.check(urlOf(input));
    const response = await runtime.fetch(input, { ...init, credentials: 'include' });
    if (response.status === 401 && (await problemOf(response.clone()))?.code === 'unauthenticated') doubt();
    return response;
  };

/** A renewal belongs to all who wait for it: one of them may go, and it goes on. */
const unlessAborted = async <T>(signal: AbortSignal | null, work: Promise<T>): Promise<T> => {
  if (signal === null) return work;
  signal.throwIfAborted();
  const over = new AbortController();
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), over);
  });
  return Promise.race([work, aborted]).finally(() => over.abort());
};
