import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AuthMessage } from '../ports/notifier.ts';
import { boundedNotifier } from './bounded-notifier.ts';

const message: AuthMessage = {
  type: 'verify_email',
  to: 'ann@example.com',
  userId: null,
  locale: null,
  url: 'https://app.example.com/verify',
  expiresAt: 0,
};

describe('ENUM-03: a notifier', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('that never answers has failed after half a minute, and not before', async () => {
    let outcome = 'waiting';
    const sending = boundedNotifier({ send: () => new Promise(() => {}) })
      .send(message)
      .catch(() => {
        outcome = 'failed';
      });
    await vi.advanceTimersByTimeAsync(29_999);
    expect(outcome).toBe('waiting');
    await vi.advanceTimersByTimeAsync(1);
    await sending;
    expect(outcome).toBe('failed');
  });

  it('that answers leaves no timer behind, and one that rejects or throws is heard as it is', async () => {
    await boundedNotifier({ send: async () => {} }).send(message);
    await expect(boundedNotifier({ send: () => Promise.reject(new Error('refused')) }).send(message)).rejects.toThrow(
      'refused',
    );
    const throwing = () => {
      throw new Error('at once');
    };
    await expect(boundedNotifier({ send: throwing }).send(message)).rejects.toThrow('at once');
    expect(vi.getTimerCount()).toBe(0);
  });
});
