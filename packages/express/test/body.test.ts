import { describe, expect, it, vi } from 'vitest';
import { bodyOf } from '../src/body.ts';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('a body as a stream', () => {
  const streamOf = (chunks: () => AsyncIterator<unknown>): ReadableStream<Uint8Array> => {
    const sample = { method: 'POST', originalUrl: '/', headers: {}, socket: {}, readableDidRead: false };
    const body = bodyOf({ ...sample, readableEncoding: null, [Symbol.asyncIterator]: chunks });
    if (!(body instanceof ReadableStream)) throw new Error('no stream');
    return body;
  };

  it('is read as it is asked for, and never ahead', async () => {
    let reads = 0;
    const reader = streamOf(async function* () {
      for (;;) {
        reads += 1;
        yield Buffer.from('x');
      }
    }).getReader();
    await pause(10);
    expect(reads).toBe(0);
    await reader.read();
    await reader.read();
    await pause(10);
    expect(reads).toBe(2);
  });

  it('may break after nobody wants it any more', async () => {
    const broken = vi.fn();
    const reader = streamOf(async function* () {
      yield Buffer.from('x');
      yield Buffer.from('y');
      broken();
      throw new Error('aborted');
    }).getReader();
    await reader.read();
    await reader.cancel();
    await vi.waitFor(() => expect(broken).toHaveBeenCalled());
  });
});
