export { fromIoredis, type IoredisClient } from './ioredis.ts';
export { fromNodeRedis, type NodeRedisClient } from './node-redis.ts';
export type { RedisEval, Script } from './script.ts';
export { type RedisStoresOptions, redisStores } from './stores.ts';
