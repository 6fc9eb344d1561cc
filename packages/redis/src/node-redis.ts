import { evalOnceKnown, type RedisEval } from './script.ts';

/** What is used of `createClient()` and `createClientPool()`. */
export interface NodeRedisSingle {
  sendCommand(args: string[]): Promise<unknown>;
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

/** For the clients of node-redis 6 (`redis` on npm). Their `keyPrefix` does not reach these keys. */
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
  return (command) => client.sendCommand(command);
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
