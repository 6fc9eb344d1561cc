import type { RequestContext } from '@sallyport/core';
import type { Context } from 'hono';

/** The slice of Hono's `getConnInfo` that is read here. */
export type ConnInfo = (c: Context) => { readonly remote: { readonly address?: string | undefined } };

/** What a runtime hands to an application as `env`, where that is no set of bindings. */
interface RuntimeEnv {
  /** Node, by `@hono/node-server`. */
  readonly incoming?: { readonly socket?: { readonly remoteAddress?: unknown } };
  /** Deno. */
  readonly remoteAddr?: { readonly hostname?: unknown };
  /** Bun: the server itself. */
  readonly requestIP?: (request: Request) => { readonly address?: unknown } | null;
}

/** `waitUntil` lets a worker finish what outlives the answer; elsewhere nothing has to be asked. */
export const contextOf = (c: Context, connInfo: ConnInfo = peerOf): RequestContext => {
  const peer = connInfo(c).remote.address ?? null;
  const execution = executionOf(c);
  return execution === null ? { peer } : { peer, waitUntil: (task) => execution.waitUntil(task) };
};

/** Node and Deno make an `env` for each request: what is kept for it would be kept for nobody. */
export const isOfOneRequest = (env: object | null): boolean =>
  env !== null && [nodePeer(env), denoPeer(env)].some((address) => typeof address === 'string');

const peerOf: ConnInfo = ({ env, req }) => {
  const given: RuntimeEnv = env ?? {};
  const bunPeer = typeof given.requestIP === 'function' ? given.requestIP(req.raw)?.address : undefined;
  const address = [nodePeer(given), denoPeer(given), bunPeer].find((found) => typeof found === 'string');
  return { remote: { address } };
};

const nodePeer = (env: RuntimeEnv): unknown => env.incoming?.socket?.remoteAddress;
const denoPeer = (env: RuntimeEnv): unknown => env.remoteAddr?.hostname;

/** The getter throws where there is none. */
const executionOf = (c: Context): Context['executionCtx'] | null => {
  try {
    return c.executionCtx;
  } catch {
    return null;
  }
};
