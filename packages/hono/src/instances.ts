import type { Auth } from '@sallyport/core';
import { isOfOneRequest } from './context.ts';

/** One `Auth` for each `env`, made when a request first brings it: a binding is never used for a request of another one. */
export const instances = <P, B extends object>(
  source: Auth<P> | ((env: B) => Auth<P>),
): ((env: B | undefined) => Auth<P>) => {
  if (typeof source !== 'function') return () => source;
  const made = new WeakMap<object, Auth<P>>();
  const noBindings = {};
  return (env = noBindings as B) => {
    const known = made.get(env);
    if (known !== undefined) return known;
    if (isOfOneRequest(env)) throw new TypeError(advice);
    const auth = source(env);
    made.set(env, auth);
    return auth;
  };
};

const advice =
  'honoAuth((env) => …) is for runtimes with bindings. Here each request has an env of its own: make auth once, and call honoAuth(auth)';
