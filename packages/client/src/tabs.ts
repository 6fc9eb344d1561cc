import type { PublicUser } from '@sallyport/core';
import type { Channel, Runtime } from './runtime.ts';
import type { Token } from './standing.ts';

/** What tabs tell each other. Only scripts of the same origin hear it, and each of them could ask the server for the same token. */
export type Message<P> =
  | { readonly type: 'in'; readonly user: PublicUser<P> | null; readonly token: Token | null }
  | { readonly type: 'token'; readonly token: Token }
  /** `of`: only who has that very token; `null` = everybody. */
  | { readonly type: 'out'; readonly of: string | null }
  | { readonly type: 'ask'; readonly id: number }
  | { readonly type: 'answer'; readonly id: number; readonly held: Held<P> };

/** What a tab can give to another. */
export interface Held<P> {
  readonly user: PublicUser<P> | null;
  readonly token: Token | null;
}

export interface Tabs<P> {
  say(message: Message<P>): void;
  /** Resolves with what another tab has, if it suits; `null` = none has, or none answered in time. */
  ask(others: number | null, suits: (token: Token) => boolean): Promise<Held<P> | null>;
  close(): void;
}

interface Needs<P> {
  readonly runtime: Runtime;
  readonly name: string;
  /** News of another tab. */
  readonly hear: (message: Extract<Message<P>, { type: 'in' | 'token' | 'out' }>) => void;
  /** What this tab can give. */
  readonly held: () => Held<P>;
}

/** How long to wait for tabs that are known to be there, and for such that may be. */
const patienceMs = { known: 1_000, unknown: 100 } as const;

export const tabs = <P>({ runtime, name, hear, held }: Needs<P>): Tabs<P> => {
  const channel: Channel | null = runtime.openChannel(name);
  const waiting = new Map<number, (held: Held<P>) => void>();
  const say = (message: Message<P>): void => channel?.post(message);
  channel?.listen((heard) => {
    const message = heard as Message<P>;
    if (message.type === 'ask') say({ type: 'answer', id: message.id, held: held() });
    else if (message.type === 'answer') waiting.get(message.id)?.(message.held);
    else hear(message);
  });
  return {
    say,
    ask: (others, suits) => {
      if (channel === null || others === 0) return Promise.resolve(null);
      // Long enough that two tabs do not take each other's answers for their own.
      const id = runtime.random();
      return new Promise((resolve) => {
        let silent = others ?? Number.POSITIVE_INFINITY;
        const done = (answer: Held<P> | null): void => {
          cancel();
          waiting.delete(id);
          resolve(answer);
        };
        const cancel = runtime.after(others === null ? patienceMs.unknown : patienceMs.known, () => done(null));
        waiting.set(id, (answer) => {
          silent -= 1;
          if (answer.token !== null && suits(answer.token)) done(answer);
          else if (silent <= 0) done(null);
        });
        say({ type: 'ask', id });
      });
    },
    close: () => channel?.close(),
  };
};
