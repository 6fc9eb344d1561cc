import type { Script } from './script.ts';

// The sums are those of the texts, kept by a test: no hash at run time. Numbers go back to Redis through '%.0f', since
// Lua writes those of 15 digits and more in scientific notation.

const script = (sha1: string, lua: string, command: Script['command'] = null): Script => ({ lua, sha1, command });

/** ARGV: value, then the lifetime as `SET` takes it. */
export const create: Script = script(
  'cc5309e34bfd6679081ef297f0b2fb3d55436a4f',
  "return redis.call('SET',KEYS[1],ARGV[1],'NX',unpack(ARGV,2)) and 1 or 0",
);

export const read: Script = script(
  '620cd258c2c9c88c9d10db67812ccf663d96bdc6',
  "return redis.call('GET',KEYS[1])",
  'GET',
);

/** ARGV: expected version, value, then the lifetime as `SET` takes it. A value begins with its version and a space. */
export const replace: Script = script(
  'f52af19dd97379370726af0e609c644fa414e593',
  `if redis.call('GETRANGE',KEYS[1],0,#ARGV[1])~=ARGV[1]..' ' then return 0 end
redis.call('SET',KEYS[1],unpack(ARGV,2))
return 1`,
);

export const remove: Script = script('71923a30a2cad96b7271cad5b0fdb4d5a1dd868c', "return redis.call('DEL',KEYS[1])");

// The index of a user is a sorted set of ids. A score is two instants in seconds of Redis' clock: when the entry may go,
// times 2^20, plus when it was written, modulo 2^20 (twelve days). So what has ended is a range, the last to end is the
// last, and both fit the 53 bits of a score. 2^32 stands for ever.

/** ARGV: id, second when the entry may go. Drops what has ended; the key ends with its last entry. */
export const enlist: Script = script(
  'd30e7faeff1ee49b5235a5d3a225f3a50f5454a9',
  `local k,t=KEYS[1],redis.call('TIME')[1]
redis.call('ZREMRANGEBYSCORE',k,'-inf',string.format('(%.0f',t*2^20))
redis.call('ZADD',k,string.format('%.0f',ARGV[2]*2^20+t%2^20),ARGV[1])
local e=math.floor(redis.call('ZRANGE',k,-1,-1,'WITHSCORES')[2]/2^20)
if e<2^32 then redis.call('EXPIREAT',k,e) else redis.call('PERSIST',k) end
return 1`,
);

/** Ids and scores in turn. */
export const list: Script = script(
  'e00bbf79791e81be7f1443c395a34cfac6337f30',
  "return redis.call('ZRANGE',KEYS[1],0,-1,'WITHSCORES')",
);

/** ARGV: ids and scores in turn. Drops those that nobody wrote since, nor within the last minute. */
export const delist: Script = script(
  '63e60fa15d8fe28b3215956b89900678e53f0721',
  `local k,t,n=KEYS[1],redis.call('TIME')[1],0
for i=1,#ARGV,2 do
local s=redis.call('ZSCORE',k,ARGV[i])
if s==ARGV[i+1] and (t-s)%2^20>=60 then n=n+redis.call('ZREM',k,ARGV[i]) end
end
return n`,
);

/** ARGV: now, increment, ceiling. GCRA; the key outlives its instant by a minute. */
export const take: Script = script(
  'a1f5d9010e369a43793bcb56eaeb100706e3ca21',
  `local s=tonumber(redis.call('GET',KEYS[1]) or 0)
local n=math.max(s,ARGV[1])+ARGV[2]
local a=n-ARGV[1]
if a>tonumber(ARGV[3]) then return {0,s} end
redis.call('SET',KEYS[1],string.format('%.0f',n),'PX',string.format('%.0f',a+60000))
return {1,n}`,
);
