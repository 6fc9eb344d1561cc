import { StoreUnavailableError } from '../errors.ts';

/**
 * One call of a backend, as a storage adapter makes it. Whatever the backend rejects with, and an answer that has not come
 * after `timeoutMs`, becomes a `StoreUnavailableError`: the outcome is unknown. Nothing is tried again, and a late answer
 * goes unheard.
 */
export const storeCall = <T>(operation: string, timeoutMs: number, call: () => Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const fail = (cause: unknown): void => {
      clearTimeout(timer);
      reject(cause instanceof StoreUnavailableError ? cause : new StoreUnavailableError(operation, { cause }));
    };
    const timer = setTimeout(() => fail(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    try {
      call().then((answer) => {
        clearTimeout(timer);
        resolve(answer);
      }, fail);
    } catch (cause) {
      fail(cause);
    }
  });
