import { evalOnceKnown, type RedisEval } from './script.ts';

/** What is used of `createClient()` and `createClientPool()`. */
export interface NodeRedisSingle {
  /** A pool has none, and keeps its timers. */
  readonly isReady?: boolean;
  sendCommand(args: string[], options?: { timeout: number }): Promise<unknown>;
}
/** What is used of `createCluster()`. */
export interface NodeRedisCluster {
  readonly slots: unknown;
  sendCommand(firstKey: string, isReadonly: boolean, args: string[]): Promise<unknown>;
}
/** What is used of `createSentinel()`. */
export interface NodeRedisSentinel {
  acquire(): unknown;
  sendCommand(isReadonly: boolean, args: string[], options: { abortSignal: AbortSignal }): Promise<unknown>;
}
export type NodeRedisClient = NodeRedisSingle | NodeRedisCluster | NodeRedisSentinel;

/**
 * For the clients of node-redis 6 (`redis` on npm). Their `keyPrefix` does not reach these keys, and `commandOptions.timeout` of a
 * single client counts only while its connection is not ready or 500 calls are in flight: `timeoutMs` of the stores bounds calls.
 */
export const fromNodeRedis = (client: NodeRedisClient): RedisEval => {
  if (typeof client?.sendCommand !== 'function' || 'isCluster' in client) {
    throw new TypeError('fromNodeRedis takes createClient(), createClientPool(), createCluster() or createSentinel()');
  }
  const send = sender(client);
  return ({ command, sha1, lua }, keys, args) => {
    if (command !== null) return send([command, ...keys, ...args], keys);
    const rest = [`${keys.length}`, ...keys, ...args];
    return evalOnceKnown(
      () => send(['EVALSHA', sha1, ...rest], keys),
      () => send(['EVAL', lua, ...rest], keys),
    );
  };
};

type Send = (command: string[], keys: readonly string[]) => Promise<unknown>;

/** Never to a replica, which may lag behind. */
const sender = (client: NodeRedisClient): Send => {
  if ('slots' in client) return (command, [key = '']) => client.sendCommand(key, false, command);
  if ('acquire' in client) return (command) => client.sendCommand(false, command, { abortSignal: takenOnce() });
  return untimed(client);
};

/** More in flight than this, and a call may wait behind a socket that takes no more. */
const mayBeInFlight = 500;

/**
 * The client makes a timer for every command until it is written, which costs as much as the command, and the stores have a
 * time limit of their own. Nothing waits to be written on a connection that is ready and not jammed; otherwise the client's
 * timer is what keeps its queue short.
 */
const untimed = (client: NodeRedisSingle): Send => {
  let inFlight = 0;
  const ended = (): void => {
    inFlight -= 1;
  };
  return (command) => {
    if (client.isReady !== true || inFlight >= mayBeInFlight) return client.sendCommand(command);
    const answer = client.sendCommand(command, { timeout: 0 });
    inFlight += 1;
    answer.then(ended, ended);
    return answer;
  };
};

/**
 * A Sentinel client sends a command again when its connection was cut, whether it was run or not; `maxCommandRediscovers: 0`
 * would prevent that, and the search for a new primary with it. This signal counts as aborted from the turn after it was
 * first asked, so that the second try is refused.
 */
const takenOnce = (): AbortSignal => {
  const { signal } = new AbortController();
  let taken = false;
  const take = (): void => {
    taken = true;
  };
  return Object.defineProperty(signal, 'aborted', {
    get: () => {
      if (!taken) queueMicrotask(take);
      return taken;
    },
  });
};
