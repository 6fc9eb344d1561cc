import type { ClientHint } from './domain.ts';
import type { EventName } from './events.ts';
import type { JsonObject } from './json.ts';

/** Who asks, as far as a flow may know: never the request itself. */
export interface Caller {
  readonly requestId: string;
  readonly client: ClientHint;
  /** The limiter's bucket for the address (one IPv4, one IPv6 /64); `null` = unknown. */
  readonly address: string | null;
  /** The known-device cookie, unread. */
  readonly device: string | null;
  /** Keeps a task alive past the response, where the runtime has a way of its own (`ctx.waitUntil`). */
  readonly waitUntil?: (task: Promise<unknown>) => void;
}

export interface Note {
  readonly userId?: string | null;
  /** The public code of a failure; its presence makes the event one. */
  readonly code?: string;
  readonly data?: JsonObject;
}

export interface Journal {
  note(caller: Caller, name: EventName, note?: Note): void;
  /** `config.notice` with this code, once in the life of the instance. */
  noticeOnce(caller: Caller, code: string): void;
}
