import type { Operations } from '../api/auth.ts';
import type { Refusal } from '../errors.ts';
import type { Exchange } from './exchange.ts';
import { type Fields, type InputOf, shape } from './input.ts';
import type { PageText } from './pages/layout.ts';

/** The names of the operations; a route and a method of `auth.api` each. */
export type OperationName = keyof Operations<unknown>;

/** An operation that went well. */
export interface Reply<T> {
  readonly ok: true;
  /** `204` answers with no body. */
  readonly status: 200 | 201 | 202 | 204 | 303;
  readonly value: T;
  readonly cookies: readonly string[];
  /** Over those that every answer has; `303` has its `location` here. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
}

/** One operation: what it takes, and what it does. HTTP and `auth.api` run the same one. */
export interface Route {
  readonly name: OperationName;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Under `basePath`; a segment `{id}` becomes the input's member `id`. */
  readonly path: string;
  /** Also takes a form, and then answers by a redirect: it works without JavaScript. */
  readonly takesForms: boolean;
  /** A request with an access token is not asked where it comes from: the route signs nobody in and gives no cookie. */
  readonly bearerSuffices: boolean;
  run(raw: unknown, exchange: Exchange): Promise<Reply<unknown> | Refusal>;
}

interface Definition<Name extends OperationName, F extends Fields> {
  readonly name: Name;
  readonly method: Route['method'];
  readonly path: string;
  readonly takesForms?: boolean;
  readonly bearerSuffices?: boolean;
  readonly input: F;
  run(input: InputOf<F>, exchange: Exchange): Promise<Reply<Operations<unknown>[Name]['output']> | Refusal>;
}

/** No route sees its input before the gate has. */
export const route = <Name extends OperationName, const F extends Fields>(definition: Definition<Name, F>): Route => {
  const gate = shape(definition.input);
  return {
    name: definition.name,
    method: definition.method,
    path: definition.path,
    takesForms: definition.takesForms ?? false,
    bearerSuffices: definition.bearerSuffices ?? false,
    run: async (raw, exchange) => {
      const input = gate(raw);
      return input.ok ? definition.run(input.value, exchange) : input;
    },
  };
};

export const reply = <T>(status: Reply<T>['status'], value: T, cookies: readonly string[] = []): Reply<T> => ({
  ok: true,
  status,
  value,
  cookies,
});

/** 303 and never 307: the browser must not send the body, a password, along (RFC 9700 §4.12). */
export const redirectTo = <T>(location: string, done: Reply<T>): Reply<T> => ({
  ...done,
  status: 303,
  headers: [['location', location]],
});

/** A page of ours: reading it changes nothing and sets nothing. Most are loaded when they are asked for. */
export interface Page {
  readonly path: string;
  text(url: URL): PageText | Promise<PageText>;
}
