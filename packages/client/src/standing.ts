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
  const become = (next: SignedIn<P> | null): void => {
    if (own.current !== undefined && JSON.stringify(next) === JSON.stringify(own.current)) return;
    own.current = next;
    for (const listener of [...listeners]) tell(listener, next);
  };
  const own: { -readonly [Member in keyof Standing<P>]: Standing<P>[Member] } = {
    phase: 'unknown',
    era: 0,
    token: null,
    current: undefined,
    enter: (user, token) => {
      own.era += 1;
      own.phase = 'in';
      own.token = token;
      if (user !== null) become({ user });
    },
    renew: (token) => {
      if (own.phase === 'unknown') own.phase = 'in';
      own.token = token;
    },
    learn: (user) => {
      own.phase = 'in';
      become({ user });
    },
    leave: () => {
      own.era += 1;
      own.phase = 'out';
      own.token = null;
      become(null);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      if (own.current !== undefined) tell(listener, own.current);
      return () => listeners.delete(listener);
    },
  };
  return own;
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
