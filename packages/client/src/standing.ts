import type { PublicUser } from '@sallyport/core';

/** An access token. Both instants are this browser's, so that nobody compares its clock with a server's. */
export interface Token {
  readonly value: string;
  /** When it was asked for: it is not older than that. */
  readonly from: number;
  /** It ends then or later. */
  readonly until: number;
}

/** Somebody who is signed in. */
export interface SignedIn<P> {
  readonly user: PublicUser<P>;
}

/** `null`: nobody is signed in. */
export type Listener<P> = (current: SignedIn<P> | null) => void;

/** Who is signed in, as far as this tab knows. The only place where the access token is kept. */
export interface Standing<P> {
  readonly phase: 'unknown' | 'in' | 'out';
  /** Another number after every sign-in and sign-out: what was asked for before speaks of somebody else. */
  readonly era: number;
  readonly token: Token | null;
  /** `undefined`: not known yet. */
  readonly current: SignedIn<P> | null | undefined;
  enter(user: PublicUser<P> | null, token: Token | null): void;
  /** A later token, or who it is of; the sign-in stays the same. */
  renew(token: Token): void;
  learn(user: PublicUser<P>): void;
  leave(): void;
  /** Called at once when it is known who is signed in, and after every change. The result ends it. */
  subscribe(listener: Listener<P>): () => void;
}

export const standing = <P>(): Standing<P> => {
  const listeners = new Set<Listener<P>>();
  let phase: Standing<P>['phase'] = 'unknown';
  let era = 0;
  let token: Token | null = null;
  let current: SignedIn<P> | null | undefined;

  const become = (next: SignedIn<P> | null): void => {
    if (current !== undefined && JSON.stringify(next) === JSON.stringify(current)) return;
    current = next;
    for (const listener of [...listeners]) tell(listener, next);
  };
  return {
    get phase() {
      return phase;
    },
    get era() {
      return era;
    },
    get token() {
      return token;
    },
    get current() {
      return current;
    },
    enter: (user, given) => {
      era += 1;
      phase = 'in';
      token = given;
      if (user !== null) become({ user });
    },
    renew: (later) => {
      if (phase === 'unknown') phase = 'in';
      token = later;
    },
    learn: (user) => {
      phase = 'in';
      become({ user });
    },
    leave: () => {
      era += 1;
      phase = 'out';
      token = null;
      become(null);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      if (current !== undefined) tell(listener, current);
      return () => listeners.delete(listener);
    },
  };
};

/** A listener that throws is the application's matter, and keeps the news from nobody else. */
const tell = <P>(listener: Listener<P>, current: SignedIn<P> | null): void => {
  try {
    listener(current);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
};
