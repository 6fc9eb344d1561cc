import type { Server } from 'node:http';
import type { Auth, Identity, JsonObject, Requirement } from '../../src/index.ts';

/** A framework and its adapter, as the cases of this folder need them: they know neither. */
export interface Adapter {
  readonly name: string;
  /** A word of the framework's that no client is told. */
  readonly framework: string;
  /** The application, not listening yet. */
  serve(auth: Auth<JsonObject>, application: Application): Server;
  /** Ways of the framework to read a body before the adapter does, which it must make good; see `Site.parses`. */
  readonly parsers: readonly string[];
  /** What the adapter says to the developer when something else read a body and left nothing. */
  readonly consumed: { readonly cause: new () => Error; readonly advice: string };
  /** KiB of a body that is refused, and read to its end so that the connection lives on. */
  readonly drained: readonly number[];
  /** Targets that reach the adapter as they were sent, and are no route. Where a URL is parsed before, these are the route itself. */
  readonly unparsed: readonly string[];
}

export interface Application {
  build(site: Site): void;
  /** What reaches the error handler of the application, which answers 500 with `errorPage`. */
  failed(error: unknown): void;
  readonly onError?: (cause: Error) => void;
}

export const errorPage = 'the error handler of the application';

/** What an application mounts, in the order of the calls. */
export interface Site {
  /** The adapter's routes. */
  routes(): void;
  /** The same in a router of the framework, mounted at a path. */
  routesIn(path: string): void;
  /** The same in an application that is mounted in this one at a path. */
  routesInside(path: string): void;
  load(): void;
  /** Middleware of the application that sets headers, and cookies as the framework does. */
  sets(headers: Readonly<Record<string, string>>, cookies?: Readonly<Record<string, string>>): void;
  /** One of `Adapter.parsers`. */
  parses(parser: string): void;
  /** Middleware that reads the body and keeps nothing. */
  consumes(): void;
  /** Whatever makes the framework believe `Forwarded` and its kind. */
  trustsForwarded(): void;
  /** Any method of a path. */
  on(path: string, guards: readonly Guard[], handler: Handler | Handed): void;
  /** Any request that nothing before has answered. */
  rest(handler: Handler): void;
}

/** `csrf` finds a token in the header, or in the field `_csrf` of a form. A requirement is `require(need)`. */
export type Guard = 'load' | 'csrf' | Requirement;

/** A text is sent as such, all else as JSON. */
export type Handler = (asker: Asker) => unknown;

/** `require(need, run)`: the guard calls the handler itself. */
export interface Handed {
  readonly need: Requirement;
  readonly run: Handler;
}

/** What a handler knows of its request. */
export interface Asker {
  /** What `require(need, run)` hands over; `null` for every other handler. */
  readonly me: Identity<JsonObject> | null;
  /** `web.get`. */
  known(): Identity<JsonObject> | null;
  readonly path: string;
  header(name: string): string | null;
  /** Sets a header of the answer. */
  set(name: string, value: string): void;
}
