import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createAuth, jwt, memoryStores, password } from '@sallyport/core';
import { fromNodeRedis, redisStores } from '@sallyport/redis';
import { createClient } from 'redis';
import { startRedis } from '../../tools/services/redis.ts';
import { type Figure, interleave } from '../measure.ts';

const callers = 32;
const turns = 20;
const origin = 'https://app.example.com';

const takeScript = `local tat = tonumber(redis.call('GET', KEYS[1]) or '0')
redis.call('SET', KEYS[1], math.max(tat, tonumber(ARGV[1])) + 10, 'PX', 60000) return 1`;
const swapScript = `if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2], 'PX', 600000) return 1 end return 0`;

/** 32 families that rotate at once, and the take, the read and the compare-and-set of each by the driver alone. */
export const tokenRefresh = async (rounds: number): Promise<Readonly<Record<string, Figure>>> => {
  const server = await startRedis();
  const client = await createClient({ url: server.url, commandOptions: { timeout: 0 } }).connect();
  let ahead = 0;
  try {
    const auth = createAuth({
      mode: 'development',
      origin,
      secrets: `1:${randomBytes(32).toString('base64url')}`,
      stores: { ...memoryStores(), ...redisStores(fromNodeRedis(client)) },
      notifier: { send: async () => {} },
      registration: 'open',
      clientIp: 'none',
      limits: { token_refresh: { burst: 1_000_000 } },
      clock: { now: () => Date.now() + ahead },
      features: [
        password(),
        jwt({
          audience: origin,
          keys: [
            {
              kid: 'one',
              state: 'active',
              jwk: { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }) } as Record<string, string>,
            },
          ],
        }),
      ],
    });
    const tokens: string[] = [];
    for (let n = 0; n < callers; n += 1) {
      const input = {
        email: `bench${n}@example.com`,
        password: 'correct horse battery staple',
        transport: 'body',
      } as const;
      const { value } = await auth.api.register(input, new Headers());
      tokens.push('refreshToken' in value ? (value.refreshToken ?? '') : '');
    }
    const refresh = async (who: number): Promise<void> => {
      const request = new Request(`${origin}/auth/refresh`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ refreshToken: tokens[who] }),
      });
      const answer = (await (await auth.handle(request)).json()) as { refreshToken?: string; code?: string };
      if (answer.refreshToken === undefined) throw new Error(`refused: ${answer.code}`);
      tokens[who] = answer.refreshToken;
    };
    const value = 'x'.repeat(400);
    for (let n = 0; n < callers; n += 1) await client.set(`bare:${n}`, value);
    const bare = async (who: number): Promise<void> => {
      await client.eval(takeScript, { keys: [`take:${who}`], arguments: [String(Date.now())] });
      const read = (await client.get(`bare:${who}`)) ?? '';
      await client.eval(swapScript, { keys: [`bare:${who}`], arguments: [read, value] });
    };
    const perSecond = async (one: (who: number) => Promise<void>): Promise<number> => {
      const start = process.hrtime.bigint();
      for (let turn = 0; turn < turns; turn += 1) {
        // Past the window, so that every refresh rotates.
        ahead += 11_000;
        await Promise.all(Array.from({ length: callers }, (_, who) => one(who)));
      }
      return (callers * turns * 1e9) / Number(process.hrtime.bigint() - start);
    };
    return await interleave(
      { 'bare scripts': () => perSecond(bare), 'POST /refresh': () => perSecond(refresh) },
      rounds,
    );
  } finally {
    client.destroy();
    await server.stop();
  }
};
