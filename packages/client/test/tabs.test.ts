import { describe, expect, it } from 'vitest';
import { testBrowser } from './browser.ts';
import { problem } from './server.ts';
import { minutes, refusal, type Stage, stage } from './stage.ts';

type Tab = ReturnType<Stage['tab']>;

/** Three tabs, one of which was signed in. */
const three = async (
  options: { readonly hasLocks?: boolean } = {},
): Promise<Stage & { readonly tabs: readonly Tab[] }> => {
  const all = await stage(options);
  const others = [all.tab(), all.tab()];
  const tabs = [await all.member(), ...others];
  await all.browser.clock.pass(0);
  return { ...all, tabs };
};

/** Ten calls of every tab at the same moment. */
const crowd = (all: Stage & { readonly tabs: readonly Tab[] }): Promise<readonly Response[]> =>
  all.browser.clock.run(
    Promise.all(
      all.tabs.flatMap((tab) => Array.from({ length: 10 }, () => tab.fetch(`${all.server.origin}/api/orders`))),
    ),
  );

const who = (tab: Tab): string | null | undefined => (tab.current === null ? null : tab.current?.user.id);

describe('three tabs', () => {
  it('know of a sign-in at once, and ask for no token of their own', async () => {
    const all = await three();
    expect(all.tabs.map(who)).toEqual(['usr_1', 'usr_1', 'usr_1']);
    expect((await crowd(all)).every(({ status }) => status === 200)).toBe(true);
    expect(all.server.refreshes()).toBe(0);
  });

  it.each(['at the end of a token', 'after the server took it for expired', 'after a day asleep'])(
    'with ten calls each renew once in all, %s',
    async (when) => {
      const all = await three();
      if (when === 'at the end of a token') await all.browser.clock.pass(minutes(10));
      else if (when === 'after a day asleep') all.browser.clock.sleep(minutes(60 * 24));
      else all.server.expired.add('t1');
      for (const tab of all.tabs) tab.wake();
      const answers = await crowd(all);
      expect(answers.map(({ status }) => status)).toEqual(Array(30).fill(200));
      expect(all.server.refreshes()).toBe(1);
      expect(all.tabs.map(who)).toEqual(['usr_1', 'usr_1', 'usr_1']);
    },
  );

  it('without Web Locks renew at most once each', async () => {
    const all = await three({ hasLocks: false });
    await all.browser.clock.pass(minutes(10));
    const answers = await crowd(all);
    expect(answers.map(({ status }) => status)).toEqual(Array(30).fill(200));
    expect(all.server.refreshes()).toBeGreaterThanOrEqual(1);
    expect(all.server.refreshes()).toBeLessThanOrEqual(3);
    expect(all.tabs.map(who)).toEqual(['usr_1', 'usr_1', 'usr_1']);
  });

  it('without Web Locks take what one has renewed while another still asked', async () => {
    const { browser, server, tabs } = await three({ hasLocks: false });
    const [first, second] = tabs;
    await browser.clock.pass(minutes(10));
    const tokens = [first?.accessToken()];
    await browser.clock.pass(60);
    tokens.push(second?.accessToken());
    const [one, other] = await browser.clock.run(Promise.all(tokens));
    expect(other).toBe(one);
    expect(server.refreshes()).toBe(1);
  });

  it('are signed out by one of them', async () => {
    const all = await three();
    const heard: unknown[] = [];
    all.tabs[2]?.subscribe((current) => heard.push(current?.user.id ?? null));
    await all.browser.clock.run(all.tabs[0]?.logout() ?? Promise.reject());
    await all.browser.clock.pass(0);
    expect(all.tabs.map(who)).toEqual([null, null, null]);
    expect(heard).toEqual(['usr_1', null]);
    for (const tab of all.tabs)
      expect((await refusal(tab.fetch(`${all.server.origin}/api/orders`))).code).toBe('unauthenticated');
  });

  it('are signed out by a session that has ended, and by one request', async () => {
    const all = await three();
    await all.browser.clock.pass(minutes(10));
    all.server.script.push(problem(401, 'session_revoked'));
    await refusal(all.browser.clock.run(all.tabs[0]?.fetch(`${all.server.origin}/api/orders`) ?? Promise.reject()));
    await all.browser.clock.pass(0);
    expect(all.tabs.map(who)).toEqual([null, null, null]);
    expect(all.server.refreshes()).toBe(1);
  });

  it('stay signed in while the server cannot be reached', async () => {
    const all = await three();
    await all.browser.clock.pass(minutes(10));
    all.server.script.push(...Array(9).fill({ lost: true }));
    const url = `${all.server.origin}/api/orders`;
    const errors = await Promise.all(all.tabs.map((tab) => refusal(all.browser.clock.run(tab.fetch(url)))));
    expect(errors.map(({ code }) => code)).toEqual(['unreachable', 'unreachable', 'unreachable']);
    expect(all.tabs.map(who)).toEqual(['usr_1', 'usr_1', 'usr_1']);
  });
});

describe('a new tab', () => {
  it('takes the token of another', async () => {
    const all = await three();
    const fourth = all.tab();
    const { user } = await all.browser.clock.run(fourth.session());
    expect(user?.id).toBe('usr_1');
    expect(all.server.refreshes()).toBe(0);
    expect(all.server.to('/auth/session').map(({ headers }) => headers.authorization)).toEqual(['Bearer t1']);
  });

  it('alone asks nobody else first', async () => {
    const all = await stage();
    const before = all.browser.clock.now();
    const tab = all.tab();
    await all.browser.clock.run(tab.session());
    expect(all.browser.clock.now() - before).toBe(0);
    expect(all.server.refreshes()).toBe(1);
    expect(who(tab)).toBe('usr_1');
  });

  it('is told that nobody is signed in, as an answer', async () => {
    const all = await stage();
    all.server.script.push(problem(401, 'refresh_invalid'));
    const tab = all.tab();
    expect(tab.current).toBeUndefined();
    expect(await all.browser.clock.run(tab.session())).toEqual({ user: null, session: null });
    expect(tab.current).toBeNull();
  });

  it('is told of an outage as of one', async () => {
    const all = await stage();
    all.server.script.push(problem(503, 'store_unavailable', { retryAfter: 5 }));
    const tab = all.tab();
    expect((await refusal(all.browser.clock.run(tab.session()))).code).toBe('store_unavailable');
    expect(tab.current).toBeUndefined();
  });

  it('asks again, though it was signed out, and finds who signed in without it', async () => {
    const all = await stage();
    all.server.script.push(problem(401, 'refresh_invalid'));
    const tab = all.tab();
    await all.browser.clock.run(tab.session());
    expect((await all.browser.clock.run(tab.session())).user?.id).toBe('usr_1');
  });
});

describe('what comes late', () => {
  /** A tab whose next renewal answers when the test says so. */
  const slow = async (): Promise<{ all: Stage; other: Tab; late: Promise<unknown>; answer(): void }> => {
    const all = await stage({ hasLocks: false });
    let answer = (): void => {};
    const { fetch } = all.browser.tab();
    const tab = await all.member({
      runtime: {
        fetch: async (input, init) => {
          const response = await fetch(input, init);
          if (String(input).endsWith('/refresh'))
            await new Promise<void>((resolve) => {
              answer = resolve;
            });
          return response;
        },
      },
    });
    const other = all.tab();
    await all.browser.clock.pass(minutes(10));
    const late = tab.fetch(`${all.server.origin}/api/orders`).catch((error: unknown) => error);
    await all.browser.clock.pass(200);
    expect(all.server.refreshes()).toBe(1);
    return { all, other, late, answer: () => answer() };
  };

  it('does not bring back who has signed out meanwhile', async () => {
    const { all, other, late, answer } = await slow();
    await all.browser.clock.run(other.logout());
    await all.browser.clock.pass(0);
    answer();
    expect(await all.browser.clock.run(late)).toMatchObject({ code: 'unauthenticated' });
    await all.browser.clock.pass(0);
    expect(who(other)).toBeNull();
    expect((await refusal(other.accessToken())).code).toBe('unauthenticated');
  });

  it('as a word of another tab, is not believed by who has signed out', async () => {
    const all = await stage();
    const client = await all.member();
    await all.browser.clock.run(client.logout());
    const now = all.browser.clock.now();
    const token = { value: 't9', from: now, until: now + minutes(10) };
    all.browser.tab().openChannel('any')?.post({ type: 'token', token });
    await all.browser.clock.pass(0);
    all.server.script.push(problem(401, 'refresh_invalid'));
    expect(await all.browser.clock.run(client.session())).toEqual({ user: null, session: null });
  });

  it('does not replace the token of who has signed in meanwhile', async () => {
    const { all, other, late, answer } = await slow();
    await all.browser.clock.run(other.login({ email: 'bob@example.com', password: 'x' }));
    await all.browser.clock.pass(0);
    answer();
    await all.browser.clock.run(late);
    expect(all.server.to('/api/orders').map(({ headers }) => headers.authorization)).toEqual(['Bearer t3']);
    expect(await other.accessToken()).toBe('t3');
  });
});

describe('a turn', () => {
  it('that never ends is not waited for longer than eight seconds', async () => {
    const all = await stage();
    const client = await all.member();
    const { locks } = all.browser.tab();
    const name = `auth:refresh ${all.server.origin}/auth`;
    void locks?.request(name, { signal: new AbortController().signal }, () => new Promise(() => {}));
    await all.browser.clock.pass(minutes(10));
    const before = all.browser.clock.now();
    const response = await all.browser.clock.run(client.fetch(`${all.server.origin}/api/orders`));
    expect(response.status).toBe(200);
    expect(all.browser.clock.now() - before).toBe(8_000);
  });

  it('that is refused is not needed', async () => {
    const refused = async (): Promise<never> => Promise.reject(new Error('SecurityError'));
    const all = await stage();
    const client = await all.member({ runtime: { locks: { request: refused, query: refused } } });
    await all.browser.clock.pass(minutes(10));
    expect((await all.browser.clock.run(client.fetch(`${all.server.origin}/api/orders`))).status).toBe(200);
  });

  it('is taken by a sign-in too, so that no renewal writes over its cookie', async () => {
    const all = await stage();
    const client = await all.member();
    const { locks } = all.browser.tab();
    let free = (): void => {};
    const name = `auth:refresh ${all.server.origin}/auth`;
    void locks?.request(
      name,
      { signal: new AbortController().signal },
      () =>
        new Promise<void>((resolve) => {
          free = resolve;
        }),
    );
    const before = all.server.seen.length;
    const again = client.login({ email: 'bob@example.com', password: 'x' });
    await all.browser.clock.pass(1_000);
    expect(all.server.seen.length).toBe(before);
    free();
    await all.browser.clock.run(again);
    expect(all.server.seen.length).toBe(before + 1);
  });
});

describe('the seams', () => {
  it('two servers of one page have no word in common', async () => {
    const browser = testBrowser();
    const names: string[] = [];
    const runtime = browser.tab({
      openChannel: (name) => {
        names.push(name);
        return null;
      },
    });
    const { createAuthClient } = await import('@sallyport/client');
    for (const baseUrl of ['https://a.example/auth', 'https://b.example/auth']) {
      createAuthClient({ baseUrl, mode: 'token', runtime }).close();
    }
    expect(new Set(names).size).toBe(2);
  });
});
