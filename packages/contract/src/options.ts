import type { Law } from './laws.ts';

export type Pair<X> = readonly [X, X];

/** What a contract needs to know about the thing it proves; `X` is a space, a store, or a whole `Stores`. */
export interface ContractOptions<X> {
  /** Two handles with connections of their own to one backend, so that a cache inside one of them is seen. */
  readonly clients: Pair<X>;
  /** A handle whose backend cannot be reached: connection refused, or no answer ever. */
  readonly unreachable?: X;
  /**
   * Gives a handle that loses one answer: the backend does what the next write asks, then the connection is cut before the
   * answer. Every call after that one is answered, or a write that is tried again in secret would go unseen.
   */
  readonly lostAnswer?: () => X | Promise<X>;
  /** How often each race is run. Default 8. */
  readonly rounds?: number;
  /** How long a call may take to find out that nobody answers. Default 10,000 ms. */
  readonly outageMs?: number;
  /** Laws that are not held to, each with the reason: `{ A5: 'a cache in front, listed late' }`. */
  readonly skip?: Readonly<Partial<Record<Law, string>>>;
}

/** The options with their defaults; absent is null. */
export interface Setting<X> {
  readonly clients: Pair<X>;
  readonly unreachable: X | null;
  readonly lostAnswer: (() => Promise<X>) | null;
  readonly rounds: number;
  readonly outageMs: number;
}

export const settingOf = <X>(what: string, options: ContractOptions<X>): Setting<X> => {
  const { clients, unreachable, lostAnswer, rounds = 8, outageMs = 10_000 } = options;
  const [one, two] = clients;
  if (one === undefined || two === undefined) throw new TypeError(`${what}: clients must be two handles`);
  if (one === two) {
    throw new TypeError(
      `${what}: both clients are the same object. Give two handles with connections of their own to one backend: with one, a cache inside it goes unseen`,
    );
  }
  if (!Number.isInteger(rounds) || rounds < 1) throw new TypeError(`${what}: rounds must be a whole number from 1`);
  return {
    clients,
    unreachable: unreachable ?? null,
    lostAnswer: lostAnswer === undefined ? null : async () => lostAnswer(),
    rounds,
    outageMs,
  };
};

/** The options of a part, from those of the whole. */
export const mapped = <X, Y>(options: ContractOptions<X>, part: (whole: X) => Y): ContractOptions<Y> => {
  const { clients, unreachable, lostAnswer, ...rest } = options;
  return {
    ...rest,
    clients: [part(clients[0]), part(clients[1])],
    ...(unreachable === undefined ? {} : { unreachable: part(unreachable) }),
    ...(lostAnswer === undefined ? {} : { lostAnswer: async () => part(await lostAnswer()) }),
  };
};
