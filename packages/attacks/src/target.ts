import type { LyingProvider } from './lying-provider.ts';
import type { Transport } from './wire.ts';

/** A mail as far as the suite reads it: a link, or a text with a link in it. */
export interface Mail {
  readonly to: string;
  readonly url?: string | null;
  readonly text?: string | null;
}

/** An application under attack, and what may be read or moved beside its front door. `null` = cannot be had. */
export interface Target {
  /** Scheme, host and port that browsers see. */
  readonly origin: string;
  readonly send: Transport;
  /** Every mail so far, oldest first. */
  readonly mails: (() => Promise<readonly Mail[]>) | null;
  /** Resolves when the work that outlives answers is done. */
  readonly settle: () => Promise<void>;
  /** How many passwords were hashed or verified so far. */
  readonly work: (() => number) | null;
  /** Moves the application's clock. */
  readonly advance: ((ms: number) => void) | null;
  /** The application's time, in milliseconds since 1970. */
  readonly now: () => number;
  /** Whether `Sent.address` is seen by the application, so that browsers have addresses of their own. */
  readonly hasAddresses: boolean;
  /** A provider that the application takes sign-ins from, in the hand of the suite. */
  readonly provider?: LyingProvider | null;
}

export interface InProcess {
  readonly origin: string;
  /** `address` is the peer's, for `handle(request, { peer: address })`. */
  readonly handle: (request: Request, address: string) => Response | Promise<Response>;
  readonly outbox?: () => readonly Mail[] | Promise<readonly Mail[]>;
  readonly settle?: () => Promise<void>;
  readonly work?: () => number;
  readonly advance?: (ms: number) => void;
  /** Default: this computer's. */
  readonly now?: () => number;
  readonly provider?: LyingProvider;
}

/** A handler of web standards, attacked without a socket. */
export const inProcess = ({
  origin,
  handle,
  outbox,
  settle,
  work,
  advance,
  now = Date.now,
  provider,
}: InProcess): Target => ({
  origin,
  send: async ({ method, path, headers, body, address }) => {
    const init: RequestInit = { method, headers: headers.map(([name, value]) => [name, value] as [string, string]) };
    if (body !== null) Object.assign(init, { body });
    const response = await handle(new Request(`${origin}${path}`, init), addressText(address));
    return { status: response.status, headers: [...response.headers], body: await response.text() };
  },
  mails: outbox === undefined ? null : async () => outbox(),
  settle: settle ?? (async () => {}),
  work: work ?? null,
  advance: advance ?? null,
  now,
  hasAddresses: true,
  provider: provider ?? null,
});

/** The n-th of the attacker's addresses, of a private network. */
export const addressText = (n: number): string => `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
