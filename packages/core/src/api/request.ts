import type { Aal } from '../ports/domain.ts';
import type { Millis } from '../ports/json.ts';

/** A `Request`, its `Headers`, or anything that reads headers by lower-case name: nothing has to be built to read a session. */
export type Source = { readonly headers: HeaderSource } | HeaderSource;
export interface HeaderSource {
  get(name: string): string | null;
}

export interface CsrfRequest {
  readonly method: string;
  readonly headers: HeaderSource;
}

/** What the runtime knows of a request beyond the request itself. */
export interface RequestContext {
  /** The socket's peer, when the runtime knows it. */
  readonly peer?: string | null;
  /** Keeps a task alive past the response. */
  readonly waitUntil?: (task: Promise<unknown>) => void;
}

/**
 * Where the client's address comes from; stated, never guessed. `peer`: the socket. `header`: one value that the platform
 * sets. `forwardedFor`: `X-Forwarded-For` walked from the right, past this many proxies, or past these networks. `none`:
 * unknown, so that nothing is limited by address.
 */
export type ClientIp =
  | 'peer'
  | { readonly header: string }
  | { readonly forwardedFor: number | readonly string[] }
  | 'none';

/** What a route or a handler asks of the identity. */
export interface Requirement {
  readonly aal?: Aal;
  /** A factor was proved within this many milliseconds. Implies `live`. */
  readonly fresh?: Millis;
  /** Reads the credential without lag, and for an access token also whether its session has ended: else it counts until it expires. */
  readonly live?: boolean;
}
