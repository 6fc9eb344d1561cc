import { createClient } from 'redis';
import { afterEach, describe, expect, it, type MockInstance, onTestFinished, vi } from 'vitest';
import { fromNodeRedis, redisStores } from '../src/index.ts';
import { missing, sharedRedis } from './clients.ts';
import { session } from './samples.ts';

/** A client with nothing set: it makes a timer for every command. */
const untouched = (url: string) => {
  const client = createClient({ url });
  client.on('error', () => {});
  const { get } = redisStores(fromNodeRedis(client)).ephemeral.open('session');
  return { client, get: (id: string = session().id) => get(id) };
};

const timers = (): MockInstance => vi.spyOn(AbortSignal, 'timeout');

describe.skipIf(missing !== null)('the timer that node-redis makes for a command', () => {
  afterEach(() => vi.restoreAllMocks());

  it('is left out on a connection that is ready, call after call', async () => {
    const { client, get } = untouched(sharedRedis());
    onTestFinished(() => client.destroy());
    await client.connect();
    const made = timers();
    for (let call = 0; call < 1_100; call += 1) await get();
    expect(made).not.toHaveBeenCalled();
    await client.get('what the application asks itself');
    expect(made).toHaveBeenCalledTimes(1);
  });

  it('is made from the 501st call in flight on, and not any more once they are answered', async () => {
    const { client, get } = untouched(sharedRedis());
    onTestFinished(() => client.destroy());
    await client.connect();
    const made = timers();
    await Promise.all(Array.from({ length: 620 }, () => get()));
    expect(made).toHaveBeenCalledTimes(120);
    await Promise.all(Array.from({ length: 500 }, () => get()));
    expect(made).toHaveBeenCalledTimes(120);
  });

  it('is made for a call that waits for the connection', async () => {
    const { client, get } = untouched(sharedRedis());
    onTestFinished(() => client.destroy());
    const connected = client.connect();
    const made = timers();
    const answers = Promise.all(Array.from({ length: 5 }, () => get()));
    expect(made).toHaveBeenCalledTimes(5);
    await connected;
    await answers;
  });

  it('is left out after calls that were refused', async () => {
    const { client, get } = untouched(sharedRedis());
    onTestFinished(() => client.destroy());
    await client.connect();
    const { id } = session();
    await client.rPush(`auth:session:${id}`, 'no record');
    const made = timers();
    for (let round = 0; round < 2; round += 1) {
      const answers = await Promise.allSettled(Array.from({ length: 500 }, () => get(id)));
      expect(answers.filter(({ status }) => status === 'rejected')).toHaveLength(500);
    }
    expect(made).not.toHaveBeenCalled();
  });
});
