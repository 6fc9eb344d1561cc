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
  /** Where a browser that sent a form goes next, when that is not its `returnTo`. */
  readonly next?: string;
}

/** What a route is called, where it is, and how it may be asked. */
export interface RouteHead<Name extends OperationName = OperationName> {
  readonly name: Name;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Under `basePath`; a segment `{id}` becomes the input's member `id`. */
  readonly path: string;
  /** Also takes a form, and then answers by a redirect: it works without JavaScript. */
  readonly takesForms?: true;
  /** A request with an access token is not asked where it comes from: the route signs nobody in and gives no cookie. */
  readonly bearerSuffices?: true;
  /** Its `returnTo` is part of its input: the answer to a form leads where the reply says. */
  readonly leads?: true;
}

/** One operation: what it takes, and what it does. HTTP and `auth.api` run the same one. */
export interface Route extends RouteHead {
  /** Members that a `GET` takes from its query: a browser comes with it from elsewhere, and is sent on, refusals included. */
  readonly takesQuery: readonly string[] | null;
  run(raw: unknown, exchange: Exchange): Promise<Reply<unknown> | Refusal>;
}

interface Definition<Name extends OperationName, F extends Fields> extends RouteHead<Name> {
  readonly takesQuery?: true;
  readonly input: F;
  run(input: InputOf<F>, exchange: Exchange): Promise<Reply<Operations<unknown>[Name]['output']> | Refusal>;
}

/** No route sees its input before the gate has. */
export const route = <Name extends OperationName, const F extends Fields>(definition: Definition<Name, F>): Route => {
  const { input: fields, takesQuery, run, ...head } = definition;
  const gate = shape(fields);
  return {
    ...head,
    takesQuery: takesQuery ? Object.keys(fields) : null,
    run: async (raw, exchange) => {
      const input = gate(raw);
      if (!input.ok) return input;
      const outcome = await run(input.value, exchange);
      if (!outcome.ok) exchange.noteRefusal(outcome);
      return outcome;
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

/** A page of ours: reading it changes nothing and sets nothing. It is loaded when it is asked for. */
export interface Page {
  readonly path: string;
  text(url: URL): Promise<PageText>;
}
