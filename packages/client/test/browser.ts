import type { Channel, Locks, Runtime } from '@sallyport/client';

/** Time that passes only when nothing is on its way, so that a wait of a minute takes none. */
export interface TestClock {
  now(): number;
  /** What a person does to the clock of a computer. */
  set(ms: number): void;
  /** Lets time pass without running what was due: the computer sleeps. */
  sleep(ms: number): void;
  /** Waits for the promise, and lets time pass while nothing else happens. */
  run<T>(work: Promise<T>): Promise<T>;
  /** Lets so much time pass, running what is due. */
  pass(ms: number): Promise<void>;
}

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** A browser as far as the client sees it: tabs that share locks, a channel, cookies and a clock. */
export interface TestBrowser {
  readonly clock: TestClock;
  /** A tab's runtime; `wake` plays that its page is seen again. */
  tab(more?: Partial<Runtime>): Runtime & { wake(): void };
  /** A browser's `fetch` to that server: with its cookies, counted among what is on its way. */
  to(server: (request: Request) => Promise<Response>): Runtime['fetch'];
  /** Requests on their way: time stands still for them. */
  readonly underWay: () => number;
  readonly cookies: Map<string, string>;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export const testBrowser = ({
  hasLocks = true,
  origin = 'https://app.example.com',
}: {
  readonly hasLocks?: boolean;
  readonly origin?: string;
} = {}): TestBrowser => {
  let time = Date.UTC(2026, 0, 1);
  let timers: Timer[] = [];
  let underWay = 0;
  const cookies = new Map<string, string>();
  const locks = hasLocks ? testLocks() : null;
  const bus = testBus();

  const quiet = async (): Promise<boolean> => {
    for (let turns = 0; turns < 6; turns += 1) {
      await turn();
      if (underWay > 0) return false;
    }
    return true;
  };
  const next = (before = Number.POSITIVE_INFINITY): Timer | null => {
    const [first = null] = timers.filter(({ at }) => at <= before).sort((a, b) => a.at - b.at);
    return first;
  };
  const fire = (timer: Timer): void => {
    timers = timers.filter((one) => one !== timer);
    time = Math.max(time, timer.at);
    timer.run();
  };

  const clock: TestClock = {
    now: () => time,
    set: (ms) => {
      time = ms;
    },
    sleep: (ms) => {
      time += ms;
      timers = timers.map((timer) => ({ ...timer, at: timer.at + ms }));
    },
    run: async (work) => {
      let settled = false;
      work.then(
        () => {
          settled = true;
        },
        () => {
          settled = true;
        },
      );
      for (let idle = 0; !settled; idle += 1) {
        if (!(await quiet())) idle = 0;
        const timer = settled || underWay > 0 ? null : next();
        if (timer !== null) fire(timer);
        else if (!settled && underWay === 0 && idle > 1_000) throw new Error('nothing is left that could settle it');
      }
      return work;
    },
    pass: async (ms) => {
      const end = time + ms;
      for (;;) {
        while (!(await quiet())) {}
        const timer = next(end);
        if (timer === null) break;
        fire(timer);
      }
      time = end;
    },
  };

  const to =
    (server: (request: Request) => Promise<Response>): Runtime['fetch'] =>
    async (input, init) => {
      underWay += 1;
      try {
        return await withCookies({ jar: cookies, origin, server }, input, init);
      } finally {
        underWay -= 1;
      }
    };

  return {
    clock,
    cookies,
    to,
    underWay: () => underWay,
    tab: (more = {}) => {
      let tell: (what: 'wake' | 'leave') => void = () => {};
      return {
        now: () => time,
        random: Math.random,
        after: (ms, run) => {
          const timer = { at: time + ms, run };
          timers.push(timer);
          // The same timer after a sleep is another object: it is known by what it runs.
          return () => {
            timers = timers.filter((one) => one.run !== run);
          };
        },
        locks,
        openChannel: () => bus.join(),
        lifecycle: (listener) => {
          tell = listener;
          return () => {
            tell = () => {};
          };
        },
        base: `${origin}/`,
        fetch: to(fetch),
        wake: () => tell('wake'),
        ...more,
      };
    },
  };
};

/** What a browser adds by itself: `Origin`, and cookies where they are asked for. */
interface Way {
  readonly jar: Map<string, string>;
  readonly origin: string;
  readonly server: (request: Request) => Promise<Response>;
}

const withCookies = async (
  { jar, origin, server }: Way,
  input: string | URL | Request,
  init: RequestInit = {},
): Promise<Response> => {
  const headers = new Headers(init.headers ?? (input instanceof Request ? input.headers : undefined));
  headers.set('origin', origin);
  const isWith = init.credentials === 'include';
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  if (isWith && cookie !== '') headers.set('cookie', cookie);
  const response = await server(new Request(input, { ...init, headers }));
  for (const line of isWith ? response.headers.getSetCookie() : []) {
    const [pair = ''] = line.split(';', 1);
    const [name = '', ...value] = pair.split('=');
    if (/max-age=0/i.test(line)) jar.delete(name);
    else jar.set(name, value.join('='));
  }
  return response;
};

/** Web Locks: exclusive ones in the order of asking, shared ones counted. */
export const testLocks = (): Locks => {
  const queues = new Map<string, Promise<unknown>>();
  const held: { name: string }[] = [];
  return {
    query: async () => ({ held: [...held] }),
    request: async <T>(
      name: string,
      { mode, signal }: { readonly mode?: 'shared'; readonly signal?: AbortSignal },
      work: () => Promise<T>,
    ): Promise<T> => {
      const lock = { name };
      const hold = async (): Promise<T> => {
        signal?.throwIfAborted();
        held.push(lock);
        try {
          return await work();
        } finally {
          held.splice(held.indexOf(lock), 1);
        }
      };
      if (mode === 'shared') return hold();
      const before = queues.get(name) ?? Promise.resolve();
      const turn = Promise.race([before, aborted(signal)]).then(hold);
      queues.set(name, Promise.allSettled([before, turn]));
      return turn;
    },
  };
};

const aborted = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true }));

const testBus = (): { join(): Channel } => {
  const members = new Set<{ hear: (message: unknown) => void }>();
  return {
    join: () => {
      const me = { hear: (_message: unknown): void => {} };
      members.add(me);
      return {
        post: (message) => {
          for (const other of members) if (other !== me) setImmediate(() => other.hear(structuredClone(message)));
        },
        listen: (hear) => {
          me.hear = hear;
        },
        close: () => {
          members.delete(me);
        },
      };
    },
  };
};
