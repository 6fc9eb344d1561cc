import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Http,
  hours,
  minutes,
  type OAuthAccount,
  type Stores,
  StoreUnavailableError,
  seconds,
} from '../src/index.ts';
import {
  crashAt,
  goodPassword,
  type Instruments,
  newBrowser,
  type TestClock,
  testClock,
  type World,
} from './harness.ts';
import { linkAt, me, signInAt } from './oauth.ts';
import { type TestProvider, testProvider } from './oauth-provider.ts';
import { asking, freshProvider, keepingWorld, type Linked, linked, newest } from './provider-tokens.ts';
import { areInMemory, freshStores } from './stores.ts';

let provider: TestProvider;
beforeAll(async () => {
  provider = await testProvider();
});
afterAll(() => provider.close());
beforeEach(() => freshProvider(provider));

const racers = 32;

interface Nodes {
  readonly inner: Stores;
  readonly clock: TestClock;
  readonly all: readonly [World, World, World, World];
}

/** Four processes on the same stores. */
const nodes = (): Nodes => {
  const inner = freshStores();
  const clock = testClock();
  const node = () => keepingWorld(provider, { inner, clock });
  return { inner, clock, all: [node(), node(), node(), node()] };
};

const everywhere = ({ all }: Nodes, userId: string, refused?: string): Promise<string[]> =>
  Promise.all(
    Array.from({ length: racers }, (_, n) =>
      asking(all[n % 4] ?? all[0], userId).told(refused === undefined ? {} : { refused }),
    ),
  );

describe(`${racers} callers on four nodes`, () => {
  const rounds = 15;

  it(`${rounds} rounds: one uses the refresh token, all get what it was given`, async () => {
    const cluster = nodes();
    const { userId } = await linked(cluster.all[0], provider);
    for (let round = 1; round <= rounds; round += 1) {
      cluster.clock.advance(hours(1));
      const tokens = new Set(await everywhere(cluster, userId));
      expect([round, [...tokens], provider.refreshed.length]).toEqual([round, [newest(provider)], round]);
    }
    expect(new Set(provider.refreshed).size).toBe(rounds);
  });

  it('while the old token is good nobody waits, and nobody is refused', async () => {
    const cluster = nodes();
    const { userId } = await linked(cluster.all[0], provider);
    const old = newest(provider);
    cluster.clock.advance(minutes(59));
    const tokens = new Set(await everywhere(cluster, userId));
    expect([...tokens].filter((token) => token !== old)).toEqual([newest(provider)]);
    expect(provider.refreshed).toHaveLength(1);
  });

  it('who all come with a token that was refused: one other token', async () => {
    const cluster = nodes();
    const { userId } = await linked(cluster.all[0], provider);
    const old = newest(provider);
    expect(new Set(await everywhere(cluster, userId, old))).toEqual(new Set([newest(provider)]));
    expect([newest(provider) === old, provider.refreshed.length]).toEqual([false, 1]);
  });

  it('a provider that is down is not asked once for each who waits', async () => {
    const cluster = nodes();
    const { userId } = await linked(cluster.all[0], provider);
    cluster.clock.advance(hours(1));
    let asked = 0;
    provider.twist.answer = (path, res) => {
      if (path === '/token') asked += 1;
      return path === '/token' && Boolean(res.writeHead(503).end());
    };
    expect(new Set(await everywhere(cluster, userId))).toEqual(new Set(['provider_failed']));
    if (areInMemory()) expect(asked).toBe(1);
    else expect(asked).toBeLessThan(racers / 2);
    provider.twist = {};
    expect(await asking(cluster.all[3], userId).told()).toBe(newest(provider));
  });

  it('a grant that was ended is dropped once', async () => {
    const cluster = nodes();
    const { userId } = await linked(cluster.all[0], provider);
    cluster.clock.advance(hours(1));
    provider.endGrants();
    expect(new Set(await everywhere(cluster, userId))).toEqual(new Set(['provider_token_missing']));
    expect(provider.refreshed).toHaveLength(1);
    expect(
      cluster.all.flatMap(({ events }) => events).filter(({ data }) => data['why'] === 'grant_ended'),
    ).toHaveLength(1);
  });
});

/** Holds what goes to the provider with a refresh token, one after another, until it is let go. */
const heldHttp = () => {
  const waiting: ((answer: Response | null) => void)[] = [];
  const arrivals: (() => void)[] = [];
  const http: Http = {
    fetch: async (request) => {
      const body = await request.clone().text();
      if (!body.includes('grant_type=refresh_token')) return fetch(request);
      const told = new Promise<Response | null>((resolve) => waiting.push(resolve));
      for (const arrive of arrivals.splice(0)) arrive();
      return (await told) ?? fetch(request);
    },
  };
  return {
    http,
    /** The n-th call is on its way. */
    arrived: async (n: number): Promise<void> => {
      while (waiting.length < n) await new Promise<void>((resolve) => arrivals.push(resolve));
    },
    /** `null` = let it reach the provider. */
    answer: (n: number, answer: Response | null): void => waiting[n - 1]?.(answer),
  };
};

const ended = (): Response =>
  new Response(JSON.stringify({ error: 'invalid_grant' }), {
    status: 400,
    headers: { 'content-type': 'application/json' },
  });

interface Held extends Linked, ReturnType<typeof heldHttp> {
  readonly w: World;
  readonly quick: World;
}

/** Alice's token is over; what `w` asks the provider is held. `quick` is another process. */
const held = async (): Promise<Held> => {
  const inner = freshStores();
  const clock = testClock();
  const own = heldHttp();
  const w = keepingWorld(provider, { inner, clock, http: own.http });
  const quick = keepingWorld(provider, { inner, clock });
  const one = await linked(w, provider);
  clock.advance(hours(1));
  return { ...one, ...own, w, quick };
};

describe('a renewal that something else comes in between', () => {
  it('of two, the first slower than its lease: told "ended", it drops nothing that the second has', async () => {
    const { w, quick, told, arrived, answer, userId } = await held();
    const slow = told();
    await arrived(1);
    w.clock.advance(seconds(30));
    const token = await asking(quick, userId).told();
    expect(token).toBe(newest(provider));
    answer(1, ended());
    expect(await slow).toBe(token);
    expect(await told()).toBe(token);
  });

  it('nor what the second is about to have', async () => {
    const { w, told, arrived, answer } = await held();
    const slow = told();
    await arrived(1);
    w.clock.advance(seconds(30));
    const second = told();
    await arrived(2);
    answer(1, ended());
    await new Promise((resolve) => setTimeout(resolve, 300));
    answer(2, null);
    expect(await second).toBe(newest(provider));
    expect([await slow, await told()]).toEqual([newest(provider), newest(provider)]);
  });

  it('the first slower than its lease and right: the second, told "ended", gives what the first has', async () => {
    const { w, told, arrived, answer } = await held();
    const slow = told();
    await arrived(1);
    w.clock.advance(seconds(30));
    const second = told();
    await arrived(2);
    answer(1, null);
    expect(await slow).toBe(newest(provider));
    answer(2, ended());
    expect([await second, await told()]).toEqual([newest(provider), newest(provider)]);
  });

  it('a sign-in that brings a refresh token of its own wins', async () => {
    const { w, quick, told, arrived, answer } = await held();
    const asked = told();
    await arrived(1);
    expect(await signInAt(quick.browser(), provider)).toBe('ok');
    const [access, refresh] = [newest(provider), newest(provider, 'refresh')];
    answer(1, null);
    expect([await asked, await told()]).toEqual([access, access]);
    w.clock.advance(hours(1));
    const next = told();
    await arrived(2);
    answer(2, null);
    await next;
    expect(provider.refreshed.at(-1)).toBe(refresh);
  });

  it('a sign-in that brings an access token alone: its access token, and the next refresh token', async () => {
    const { w, quick, told, arrived, answer } = await held();
    const asked = told();
    await arrived(1);
    provider.refreshes = 'none';
    expect(await signInAt(quick.browser(), provider)).toBe('ok');
    const access = newest(provider);
    provider.refreshes = 'rotating';
    answer(1, null);
    expect([await asked, await told()]).toEqual([access, access]);
    const refresh = newest(provider, 'refresh');
    w.clock.advance(hours(1));
    const next = told();
    await arrived(2);
    answer(2, null);
    expect([await next, provider.refreshed.at(-1)]).toEqual([newest(provider), refresh]);
  });

  it('told "ended" after a sign-in has brought an access token alone: that stays, the refresh token goes', async () => {
    const { w, quick, told, arrived, answer, account } = await held();
    const asked = told();
    await arrived(1);
    provider.refreshes = 'none';
    expect(await signInAt(quick.browser(), provider)).toBe('ok');
    const access = newest(provider);
    answer(1, ended());
    expect([await asked, await told(), (await account()).refreshingUntil]).toEqual([access, access, null]);
    expect(w.events.filter(({ data }) => data['why'] === 'grant_ended')).toHaveLength(1);
    w.clock.advance(hours(1));
    expect([await told(), provider.refreshed]).toEqual(['provider_token_missing', []]);
  });

  it('told "ended" of the one before, while another lease has the same end: nothing of that one is dropped', async () => {
    const { quick, told, arrived, answer } = await held();
    const slow = told();
    await arrived(1);
    expect(await signInAt(quick.browser(), provider)).toBe('ok');
    const [access, refresh] = [newest(provider), newest(provider, 'refresh')];
    // The clock stands: both leases end in the same millisecond.
    const second = told({ refused: access });
    await arrived(2);
    answer(1, ended());
    expect(await slow).toBe(access);
    answer(2, null);
    expect([await second, provider.refreshed]).toEqual([newest(provider), [refresh]]);
    expect(await told({ refused: access })).toBe(newest(provider));
  });

  it('a sign-in that brings an access token alone leaves the lease to whoever has it', async () => {
    const { w, quick, told, arrived, answer, userId } = await held();
    const asked = told();
    await arrived(1);
    provider.refreshes = 'none';
    expect(await signInAt(quick.browser(), provider)).toBe('ok');
    const access = newest(provider);
    w.clock.advance(1);
    // Else a second use of the refresh token would end the grant.
    const other = asking(quick, userId).told({ refused: access });
    await new Promise((resolve) => setTimeout(resolve, 300));
    provider.refreshes = 'rotating';
    answer(1, null);
    await asked;
    await other;
    expect(new Set(provider.refreshed).size).toBe(provider.refreshed.length);
    expect(await told()).not.toBe('provider_token_missing');
  });

  it('an unlink: nothing is brought back, and what comes back is ended', async () => {
    const { w, quick, told, arrived, answer, userId, account, alice } = await held();
    const own = newBrowser(quick.auth, '198.51.100.7', new Map(alice.jar));
    expect((await own.post('/oauth/corp/link')).status).toBe(403);
    expect(await signInAt(own, provider)).toBe('ok');
    provider.user = { sub: 'second', email: 'x@other.example' };
    expect(await linkAt(own, provider)).toBe('ok');
    const accounts = quick.stores.durable.open<OAuthAccount>('account');
    const first = (await accounts.listByUser(userId)).find(({ subject }) => subject === 'subject-1');
    expect(first?.id).toBeDefined();
    quick.clock.advance(hours(1));
    expect(await signInAt(own, provider)).toBe('ok');
    const asked = told({ accountId: first?.id ?? '' });
    await arrived(1);
    expect((await own.delete(`/accounts/${first?.id}`)).status).toBe(204);
    await quick.auth.drain();
    answer(1, null);
    expect(await asked).toBe('provider_token_missing');
    const renewed = newest(provider, 'refresh');
    expect(await accounts.get(first?.id ?? '')).toBeNull();
    expect((await account()).subject).toBe('second');
    // The one that was used was ended by the unlink; what it was exchanged for, by whoever asked.
    await w.auth.drain();
    expect(provider.revoked).toEqual([provider.refreshed[0], renewed]);
  });

  it('the user goes: so does what comes back', async () => {
    const { w, quick, told, arrived, answer, userId } = await held();
    const asked = told();
    await arrived(1);
    await quick.auth.api.deleteUser(userId);
    await quick.auth.drain();
    answer(1, null);
    expect(await asked).toBe('provider_token_missing');
    await w.auth.drain();
    expect(provider.revoked).toEqual([provider.refreshed[0], newest(provider, 'refresh')]);
  });

  it('an unlink, and then somebody else links it: theirs stays theirs', async () => {
    const { w, quick, told, arrived, answer, userId } = await held();
    const accounts = quick.stores.durable.open<OAuthAccount>('account');
    const asked = told();
    await arrived(1);
    await quick.auth.api.deleteUser(userId);
    const bob = await quick.signedIn('bob@example.org');
    expect(await linkAt(bob, provider)).toBe('ok');
    const theirs = newest(provider);
    const { id } = await me(bob);
    answer(1, null);
    expect(await asked).toBe('provider_token_missing');
    const [record] = await accounts.listByUser(id);
    expect([record?.userId, await asking(w, id).told()]).toEqual([id, theirs]);
    // Some providers end every grant of an account with one of them.
    await w.auth.drain();
    expect(provider.revoked).toEqual([provider.refreshed[0]]);
  });
});

describe('a process that dies at any store call', () => {
  const live = async (n: number, when: 'before' | 'after') => {
    const inner = freshStores();
    const clock = testClock();
    const first = await linked(keepingWorld(provider, { inner, clock }), provider);
    clock.advance(hours(1));
    const used = provider.refreshed.length;
    const crash = crashAt(n, when);
    const dying = keepingWorld(provider, { inner, clock, instruments: crash });
    const outcome = await asking(dying, first.userId).told();
    const died = crash.fired();
    expect([n, ['store_unavailable', newest(provider)].includes(outcome)]).toEqual([n, true]);
    const calls = dying.log.length;
    const wasAsked = provider.refreshed.length > used;
    crash.heal();
    clock.advance(seconds(30));
    const w = keepingWorld(provider, { inner, clock });
    const { told, account } = asking(w, first.userId);
    const next = await told();
    // A provider whose refresh tokens are good once, and whose answer nobody could write down: only there a grant is lost.
    const isLost = next === 'provider_token_missing';
    if (isLost) expect([provider.refreshes, wasAsked, outcome]).toEqual(['rotating', true, 'store_unavailable']);
    else expect(next).toBe(newest(provider));
    expect((await account()).refreshingUntil).toBeNull();
    expect(await signInAt(w.browser(), provider)).toBe('ok');
    expect(await told()).toBe(newest(provider));
    return { died, calls, isLost };
  };

  for (const refreshes of ['rotating', 'lasting'] as const)
    for (const when of areInMemory() ? (['before', 'after'] as const) : (['after'] as const))
      it(`${when} the call, of a renewal, refresh tokens ${refreshes}: it heals within the lease`, {
        timeout: 90_000,
      }, async () => {
        provider.refreshes = refreshes;
        let [deaths, lost] = [0, 0];
        for (let n = 1, calls = 40; n <= calls && n < 40; n += 1) {
          const life = await live(n, when);
          if (life.died) deaths += 1;
          else calls = life.calls;
          if (life.isLost) lost += 1;
        }
        expect(deaths).toBeGreaterThan(4);
        // Between the provider's answer and its being written: a read, and the write that was not made.
        expect(lost).toBeLessThanOrEqual(refreshes === 'rotating' ? 2 : 0);
      });

  it.each(['after', ...(areInMemory() ? ['before'] : [])] as ('before' | 'after')[])(
    '%s the call, of a sign-in: the next one brings tokens',
    async (when) => {
      for (let n = 1, calls = 60; n <= calls && n < 60; n += 1) {
        const inner = freshStores();
        const clock = testClock();
        const { userId } = await linked(keepingWorld(provider, { inner, clock }), provider);
        const old = newest(provider);
        const crash = crashAt(n, when);
        const dying = keepingWorld(provider, { inner, clock, instruments: crash });
        const outcome = await signInAt(dying.browser(), provider).catch((error: Error) => error.message);
        expect([n, /^ok$|503 .*store_unavailable/.test(outcome)]).toEqual([n, true]);
        if (!crash.fired()) calls = dying.log.length;
        const w = keepingWorld(provider, { inner, clock });
        expect([old, newest(provider)]).toContain(await asking(w, userId).told());
        expect(await signInAt(w.browser(), provider)).toBe('ok');
        expect(await asking(w, userId).told()).toBe(newest(provider));
      }
    },
  );

  it.each(['after', ...(areInMemory() ? ['before'] : [])] as ('before' | 'after')[])(
    '%s the call, of an unlink: the token is there or gone, and goes when it is asked for again',
    async (when) => {
      for (let n = 1, calls = 60; n <= calls && n < 60; n += 1) {
        const inner = freshStores();
        const clock = testClock();
        const before = keepingWorld(provider, { inner, clock });
        const alice = await before.signedIn('alice@example.org');
        expect(await linkAt(alice, provider)).toBe('ok');
        const { id: userId } = await me(alice);
        const { id } = await asking(before, userId).account();
        const crash = crashAt(n, when);
        const dying = keepingWorld(provider, { inner, clock, instruments: crash });
        const own = newBrowser(dying.auth, alice.address, new Map(alice.jar));
        const { status } = await own.delete(`/accounts/${id}`);
        await dying.auth.drain();
        expect([n, [204, 503].includes(status)]).toEqual([n, true]);
        if (!crash.fired()) calls = dying.log.length;
        const w = keepingWorld(provider, { inner, clock });
        const told = await asking(w, userId).told();
        expect(status === 204 ? ['provider_token_missing'] : ['provider_token_missing', newest(provider)]).toContain(
          told,
        );
        const again = newBrowser(w.auth, '192.0.2.1');
        await again.post('/login', { email: 'alice@example.org', password: goodPassword });
        expect((await again.delete(`/accounts/${id}`)).status).toBe(204);
        expect(await asking(w, userId).told()).toBe('provider_token_missing');
        expect(await inner.durable.open<OAuthAccount>('account').get(id)).toBeNull();
      }
    },
  );

  it.each(['before', 'after'] as const)(
    'a store that is away for a moment, %s it writes what came back: nothing is lost',
    async (when) => {
      const failing = { in: Number.POSITIVE_INFINITY };
      const fail = async (call: string, at: 'before' | 'after') => {
        if (at !== when || call !== 'account.replace') return;
        failing.in -= 1;
        if (failing.in === 0) throw new StoreUnavailableError(call, { cause: new Error('away') });
      };
      const instruments: Instruments = { before: (call) => fail(call, 'before'), after: (call) => fail(call, 'after') };
      const w = keepingWorld(provider, { instruments });
      const { told } = await linked(w, provider);
      w.clock.advance(hours(1));
      // The first is the lease.
      failing.in = 2;
      expect([await told(), failing.in <= 0]).toEqual([newest(provider), true]);
      w.clock.advance(hours(1));
      expect([await told(), provider.refreshed.length]).toEqual([newest(provider), 2]);
    },
  );
});
