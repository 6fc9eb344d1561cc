import { evalOnceKnown, type RedisEval } from './script.ts';

/** What is used of `new Redis()` and `new Cluster()`. */
export interface IoredisClient {
  readonly isCluster: boolean;
  readonly options: IoredisOptions;
  get(key: string): Promise<unknown>;
  evalsha(sha1: string, numberOfKeys: number, ...keysAndArgs: string[]): Promise<unknown>;
  eval(lua: string, numberOfKeys: number, ...keysAndArgs: string[]): Promise<unknown>;
}

interface IoredisOptions {
  readonly maxRetriesPerRequest?: number | null | undefined;
  readonly autoResendUnfulfilledCommands?: boolean | undefined;
  readonly role?: string | undefined;
  readonly scaleReads?: unknown;
  readonly retryDelayOnFailover?: number | undefined;
  readonly clusterNodeRetryStrategy?: unknown;
  readonly redisOptions?: IoredisOptions | undefined;
}

/**
 * For the clients of ioredis 6. Throws `TypeError` for options with which the client sends a write again after its
 * connection was cut, or reads from replicas.
 */
export const fromIoredis = (client: IoredisClient): RedisEval => {
  if (typeof client?.evalsha !== 'function' || typeof client.options !== 'object') {
    throw new TypeError('fromIoredis takes new Redis() or new Cluster()');
  }
  const fault = client.isCluster ? faultOfCluster(client.options) : faultOf(client.options);
  if (fault !== null) throw new TypeError(`fromIoredis: ${fault}`);
  return ({ command, sha1, lua }, keys, args) => {
    const [key = ''] = keys;
    if (command !== null) return client.get(key);
    return evalOnceKnown(
      () => client.evalsha(sha1, keys.length, ...keys, ...args),
      () => client.eval(lua, keys.length, ...keys, ...args),
    );
  };
};

const again = 'a write whose answer was lost would be sent again, and its answer be wrong';
const behind = 'a replica may not have what was just written';

/** With 0 retries whatever waits for an answer is rejected when the connection closes, so nothing is left to send again. */
const resends = ({ maxRetriesPerRequest, autoResendUnfulfilledCommands }: IoredisOptions): boolean =>
  maxRetriesPerRequest !== 0 && autoResendUnfulfilledCommands !== false;

const faultOf = (options: IoredisOptions): string | null => {
  if (resends(options)) return `set maxRetriesPerRequest: 0, or ${again}`;
  return options.role === 'slave' ? `set role: 'master': ${behind}` : null;
};

const faultOfCluster = (options: IoredisOptions): string | null => {
  const { retryDelayOnFailover = 100, clusterNodeRetryStrategy, redisOptions = {}, scaleReads = 'master' } = options;
  if (retryDelayOnFailover !== 0) return `set retryDelayOnFailover: 0, or ${again}`;
  if (typeof clusterNodeRetryStrategy === 'function' && resends(redisOptions)) {
    return `set redisOptions: { maxRetriesPerRequest: 0 } beside clusterNodeRetryStrategy, or ${again}`;
  }
  return scaleReads === 'master' ? null : `set scaleReads: 'master': ${behind}`;
};
