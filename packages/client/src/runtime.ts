/** The part of `LockManager` (Web Locks) that is used. */
export interface Locks {
  request<T>(
    name: string,
    options: { readonly mode?: 'shared'; readonly signal?: AbortSignal },
    work: () => Promise<T>,
  ): Promise<T>;
  query(): Promise<{ readonly held?: readonly { readonly name?: string }[] }>;
}

/** A way to the other tabs of this origin. */
export interface Channel {
  post(message: unknown): void;
  listen(hear: (message: unknown) => void): void;
  close(): void;
}

/** Everything that the client takes from outside. Each part can be replaced: in tests, in Node, in a worker. */
export interface Runtime {
  /** Milliseconds since 1970. */
  now(): number;
  /** From 0 to below 1: spreads tries, nothing secret comes of it. */
  random(): number;
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** Runs once, later; the result cancels it. */
  after(ms: number, run: () => void): () => void;
  /** `null`: there are no Web Locks, e.g. outside a secure context. */
  readonly locks: Locks | null;
  /** `null`: there are no other tabs to speak to. */
  openChannel(name: string): Channel | null;
  /** Tells when the page is seen again, is back online or back from the cache (`wake`), and when it is left (`leave`). */
  lifecycle(tell: (what: 'wake' | 'leave') => void): () => void;
  /** What relative URLs are relative to; `null` outside a page. */
  readonly base: string | null;
}

/** What a browser has; anything may be missing elsewhere. */
interface Scope {
  readonly navigator?: { readonly locks?: Locks };
  readonly location?: { readonly href: string };
  readonly document?: Target & { readonly visibilityState: string; readonly baseURI: string };
  readonly addEventListener?: Target['addEventListener'];
}

interface Target {
  addEventListener(type: string, listener: () => void, options: { readonly signal: AbortSignal }): void;
}

/** Read once: whatever a page does to its globals later changes nothing here. */
export const browserRuntime = (): Runtime => {
  const scope = globalThis as unknown as Scope;
  const { fetch, setTimeout, clearTimeout, BroadcastChannel } = globalThis;
  return {
    now: Date.now,
    random: Math.random,
    fetch: (input, init) => fetch(input, init),
    after: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    locks: scope.navigator?.locks ?? null,
    openChannel: (name) => {
      try {
        return channelOf(new BroadcastChannel(name));
      } catch {
        // Not there, or not for this document: a sandboxed frame has no origin.
        return null;
      }
    },
    lifecycle: (tell) => lifecycleOf(scope, tell),
    base: scope.document?.baseURI ?? scope.location?.href ?? null,
  };
};

const channelOf = (channel: InstanceType<typeof BroadcastChannel>): Channel => {
  return {
    post: (message) => channel.postMessage(message),
    listen: (hear) => {
      channel.onmessage = (event: { readonly data: unknown }) => hear(event.data);
    },
    close: () => channel.close(),
  };
};

const lifecycleOf = (scope: Scope, tell: (what: 'wake' | 'leave') => void): (() => void) => {
  const { document } = scope;
  const over = new AbortController();
  const on = (target: Partial<Target> | undefined, type: string, listener: () => void): void =>
    target?.addEventListener?.(type, listener, over);
  on(scope, 'online', () => tell('wake'));
  on(scope, 'pageshow', () => tell('wake'));
  on(scope, 'pagehide', () => tell('leave'));
  on(document, 'visibilitychange', () => {
    if (document?.visibilityState === 'visible') tell('wake');
  });
  return () => over.abort();
};
