import { describe, expect, it } from 'vitest';
import { problem, type Reply } from './server.ts';
import { minutes, refusal, type Stage, stage } from './stage.ts';

const ask = (all: Stage, client: Awaited<ReturnType<Stage['member']>>): Promise<Response> =>
  all.browser.clock.run(client.fetch(`${all.server.origin}/api/orders`));

describe('a token', () => {
  it('is renewed half a minute ahead of its end, by the request that needs it', async () => {
    const all = await stage();
    const client = await all.member();
    await all.browser.clock.pass(minutes(9) + 29_000);
    await ask(all, client);
    expect(all.server.refreshes()).toBe(0);
    await all.browser.clock.pass(2_000);
    await ask(all, client);
    expect(all.server.refreshes()).toBe(1);
    expect(all.server.to('/api/orders').map(({ headers }) => headers.authorization)).toEqual([
      'Bearer t1',
      'Bearer t2',
    ]);
  });

  it('is not renewed while nobody asks for anything', async () => {
    const all = await stage();
    await all.member();
    await all.browser.clock.pass(minutes(60 * 24));
    expect(all.server.refreshes()).toBe(0);
  });

  it('of a minute is used for half of it', async () => {
    const all = await stage({ expiresIn: 60 });
    const client = await all.member();
    for (let second = 0; second < 60; second += 10) {
      await ask(all, client);
      await all.browser.clock.pass(10_000);
    }
    expect(all.server.refreshes()).toBe(1);
  });

  it.each([-1, 1])('is as good where the clock of the computer is a day off (%i)', async (days) => {
    const all = await stage();
    all.browser.clock.set(Date.now() + days * minutes(60 * 24));
    const client = await all.member();
    await all.browser.clock.pass(minutes(9));
    await ask(all, client);
    expect(all.server.refreshes()).toBe(0);
    await all.browser.clock.pass(minutes(1));
    await ask(all, client);
    expect(all.server.refreshes()).toBe(1);
  });

  it.each([-1, 1])('of unknown age is renewed once, when the clock is set (%i h)', async (hours) => {
    const all = await stage();
    const client = await all.member();
    all.browser.clock.set(all.browser.clock.now() + hours * minutes(60));
    await ask(all, client);
    await ask(all, client);
    expect(all.server.refreshes()).toBe(1);
  });

  it('that took long to arrive is counted from when it was asked for', async () => {
    const all = await stage();
    const { fetch } = all.browser.tab();
    const client = await all.member({
      runtime: {
        fetch: async (input, init) => {
          const response = await fetch(input, init);
          all.browser.clock.sleep(60_000);
          return response;
        },
      },
    });
    await all.browser.clock.pass(minutes(8) + 20_000);
    await ask(all, client);
    expect(all.server.refreshes()).toBe(0);
    await all.browser.clock.pass(12_000);
    await ask(all, client);
    expect(all.server.refreshes()).toBe(1);
  });
});

const troubles: [name: string, reply: Reply, code: string, status: number][] = [
  ['429', problem(429, 'rate_limited', { retryAfter: 40 }), 'rate_limited', 429],
  ['503', problem(503, 'store_unavailable', { retryAfter: 5 }), 'store_unavailable', 503],
  ['500', problem(500, 'internal'), 'internal', 500],
  ['a page of a proxy', { status: 502, text: '<h1>Bad gateway</h1>' }, 'unexpected_answer', 502],
  ['the sign-in page of a network', { status: 200, text: '<h1>Welcome</h1>' }, 'unexpected_answer', 200],
  ['a redirect', { status: 302, text: '', headers: { location: 'http://127.0.0.1:9/' } }, 'unreachable', 0],
  ['401 of a gateway', { status: 401, text: 'Unauthorized' }, 'unexpected_answer', 401],
  ['401 in other words', problem(401, 'unauthenticated'), 'unauthenticated', 401],
  ['403', problem(403, 'csrf_rejected'), 'csrf_rejected', 403],
  ['404', problem(404, 'not_found'), 'not_found', 404],
  ['JSON that is no token', { json: { accessToken: 7 } }, 'unexpected_answer', 200],
  ['no answer', { lost: true }, 'unreachable', 0],
];

describe('trouble at the renewal', () => {
  it.each(troubles)('keeps who is signed in: %s', async (_name, reply, code, status) => {
    const all = await stage();
    const client = await all.member();
    const heard: unknown[] = [];
    client.subscribe((current) => heard.push(current?.user.id ?? null));
    await all.browser.clock.pass(minutes(11));
    all.server.script.push(...Array(3).fill(reply));
    const error = await refusal(ask(all, client));
    expect([error.code, error.status]).toEqual([code, status]);
    expect(client.current?.user.id).toBe('usr_1');
    // Long after, and once it is over: as if nothing had been.
    all.server.script.length = 0;
    await all.browser.clock.pass(minutes(2));
    expect((await ask(all, client)).status).toBe(200);
    expect(heard).toEqual(['usr_1']);
  });

  it.each(['refresh_invalid', 'session_revoked'])('that is none: %s signs out, and says so', async (code) => {
    const all = await stage();
    const client = await all.member();
    const heard: unknown[] = [];
    client.subscribe((current) => heard.push(current?.user.id ?? null));
    await all.browser.clock.pass(minutes(11));
    all.server.script.push(problem(401, code));
    expect((await refusal(ask(all, client))).code).toBe(code);
    expect(client.current).toBeNull();
    expect(heard).toEqual(['usr_1', null]);
    expect((await refusal(ask(all, client))).code).toBe('unauthenticated');
    expect(all.server.refreshes()).toBe(1);
  });

  it.each(['refresh_invalid', 'session_revoked'])('is not %s with another status', async (code) => {
    const all = await stage();
    const client = await all.member();
    await all.browser.clock.pass(minutes(11));
    all.server.script.push(problem(400, code));
    await refusal(ask(all, client));
    expect(client.current?.user.id).toBe('usr_1');
  });

  it('does not disturb a token that still has time', async () => {
    const all = await stage();
    const client = await all.member();
    await all.browser.clock.pass(minutes(9) + 40_000);
    all.server.script.push(...Array(20).fill(problem(503, 'busy', { retryAfter: 30 })));
    expect((await ask(all, client)).status).toBe(200);
    expect((await ask(all, client)).status).toBe(200);
    expect(all.server.refreshes()).toBe(1);
  });

  it('asks again for an answer that was lost, well inside ten seconds', async () => {
    for (let round = 0; round < 5; round += 1) {
      const all = await stage();
      const client = await all.member();
      await all.browser.clock.pass(minutes(11));
      const before = all.browser.clock.now();
      all.server.script.push({ lost: true }, { lost: true });
      expect((await ask(all, client)).status).toBe(200);
      expect(all.server.refreshes()).toBe(3);
      expect(all.browser.clock.now() - before).toBeLessThan(2_000);
    }
  });

  it('gives up a request that hangs, and asks again inside ten seconds', async () => {
    const all = await stage();
    const { fetch } = all.browser.tab();
    let hangs = 0;
    const client = await all.member({
      runtime: {
        fetch: (input, init) => {
          if (!String(input).endsWith('/refresh') || hangs > 0) return fetch(input, init);
          hangs += 1;
          return new Promise((_resolve, reject) =>
            init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)),
          );
        },
      },
    });
    await all.browser.clock.pass(minutes(11));
    const before = all.browser.clock.now();
    expect((await ask(all, client)).status).toBe(200);
    expect(all.browser.clock.now() - before).toBeLessThan(8_000);
    expect(all.browser.clock.now() - before).toBeGreaterThanOrEqual(5_000);
  });

  it('honours Retry-After: not one request before', async () => {
    for (const reply of [
      problem(429, 'rate_limited', { retryAfter: 90 }),
      { status: 503, text: '', headers: { 'retry-after': '90' } },
      {
        status: 503,
        text: '',
        headers: { 'retry-after': new Date(Date.UTC(2026, 0, 1) + minutes(11) + 90_000).toUTCString() },
      },
    ]) {
      const all = await stage();
      const client = await all.member();
      await all.browser.clock.pass(minutes(11));
      all.server.script.push(reply);
      expect((await refusal(ask(all, client))).retryAfter).toBe(90);
      for (let seconds = 0; seconds < 80; seconds += 20) {
        await refusal(ask(all, client));
        client.wake();
        await all.browser.clock.pass(20_000);
      }
      expect(all.server.refreshes()).toBe(1);
      await all.browser.clock.pass(13_000);
      expect((await ask(all, client)).status).toBe(200);
    }
  });

  it('is met with longer and longer waits, and at last with silence', async () => {
    const all = await stage();
    const client = await all.member();
    await all.browser.clock.pass(minutes(11));
    all.server.script.push(...Array(200).fill(problem(500, 'internal')));
    await refusal(ask(all, client));
    await all.browser.clock.pass(minutes(60));
    // Three in a breath, for the call and for each of six lonely tries.
    expect(all.server.refreshes()).toBe(21);
    all.server.script.length = 0;
    expect((await ask(all, client)).status).toBe(200);
  });

  it('of want of a network is over when the page says so', async () => {
    const all = await stage();
    const client = await all.member();
    await all.browser.clock.pass(minutes(11));
    all.server.script.push(...Array(3).fill({ lost: true }));
    await refusal(ask(all, client));
    client.wake();
    expect((await ask(all, client)).status).toBe(200);
    expect(all.server.refreshes()).toBe(4);
  });
});

describe('a page that is seen again', () => {
  it('after a day renews once, and nobody is signed out', async () => {
    const all = await stage();
    const client = await all.member();
    all.browser.clock.sleep(minutes(60 * 24));
    client.wake();
    client.wake();
    await all.browser.clock.pass(0);
    expect(all.server.refreshes()).toBe(1);
    expect((await ask(all, client)).status).toBe(200);
    expect(all.server.refreshes()).toBe(1);
  });

  it('renews nothing that has time, and nothing for nobody', async () => {
    const all = await stage();
    const client = await all.member();
    client.wake();
    await all.browser.clock.run(client.logout());
    await all.browser.clock.pass(minutes(11));
    client.wake();
    all.tab().wake();
    await all.browser.clock.pass(minutes(1));
    expect(all.server.refreshes()).toBe(0);
  });
});
