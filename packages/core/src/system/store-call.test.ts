import { expect, it, vi } from 'vitest';
import { StoreUnavailableError, storeCall } from '../ports.ts';

const pendingFor = (ms: number): Promise<string> => new Promise((resolve) => setTimeout(() => resolve('late'), ms));

it('hands an answer through, whatever it is, and leaves no timer behind', async () => {
  vi.useFakeTimers();
  expect(await storeCall('get', 1_000, async () => null)).toBeNull();
  await expect(storeCall('get', 1_000, async () => Promise.reject(new Error('no')))).rejects.toThrow();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

it.each([
  ['rejects', () => Promise.reject(new Error('ECONNRESET'))],
  [
    'throws before it gives a promise',
    () => {
      throw new Error('ECONNRESET');
    },
  ],
  ['rejects with no error', () => Promise.reject('ECONNRESET')],
])('a backend that %s is unavailable, with the cause named', async (_, call: () => Promise<string>) => {
  const failure = await storeCall('replace', 1_000, call).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(StoreUnavailableError);
  expect(failure).toMatchObject({ operation: 'replace', message: 'store unavailable: replace' });
  expect(String((failure as Error).cause)).toContain('ECONNRESET');
});

it('a backend that does not answer in time is unavailable; its late answer, or failure, goes unheard', async () => {
  vi.useFakeTimers();
  for (const call of [
    () => pendingFor(60_000),
    () => pendingFor(60_000).then(() => Promise.reject(new Error('late'))),
  ]) {
    const failing = storeCall('take', 5_000, call).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(4_999);
    let settled = false;
    void failing.then(() => {
      settled = true;
    });
    await vi.advanceTimersByTimeAsync(0);
    expect(settled).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await failing).toBeInstanceOf(StoreUnavailableError);
    await vi.advanceTimersByTimeAsync(60_000);
  }
  vi.useRealTimers();
});

it('an unavailable store inside of a call keeps its own name', async () => {
  const inner = new StoreUnavailableError('users.get', { cause: null });
  await expect(storeCall('get', 1_000, () => Promise.reject(inner))).rejects.toBe(inner);
});
