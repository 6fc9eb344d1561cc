import type { RateLimitStore } from '@sallyport/core';
import type { Change } from './app.ts';
import { type Mutant, mutant } from './mutant.ts';
import {
  again,
  answering,
  at,
  bodyOf,
  everywhere,
  passwordOf,
  pathOf,
  somewhere,
  textOf,
  type Wrap,
  withHeaders,
} from './wrap.ts';

const many = { burst: 100_000 };
const without = (...policies: readonly string[]): Change => ({
  options: { limits: Object.fromEntries(policies.map((name) => [name, many])) },
});

/** Comes from wherever it says. */
const addressed = (addressOf: (request: Request, peer: string) => string | Promise<string>): Wrap =>
  everywhere(async (request, peer, inner) => inner(request, await addressOf(request, peer)));

/** A read, a pause and a write. */
const racy = (good: RateLimitStore): RateLimitStore => {
  let queue = 0;
  return {
    reset: (key) => good.reset(key),
    take: async (key, take) => {
      queue += 1;
      const crowd = queue > 1;
      await new Promise((resolve) => setTimeout(resolve, 1));
      queue -= 1;
      const answer = await good.take(key, take);
      return crowd ? { ...answer, allowed: true } : answer;
    },
  };
};

export const limits: readonly Mutant[] = [
  mutant('RL-16', 'guesses at one login from one address are not counted', without('login_pair', 'login_ip')),
  mutant('RL-09', 'guesses at one login are not counted', without('login_login', 'login_account')),
  mutant('RL-17', 'guesses from one address are not counted', without('login_ip')),
  mutant('RL-08', 'a success clears the address', {
    options: { limits: { login_ip: many } },
    wrap: (inner) => {
      let successes = 0;
      return async (request, peer) => {
        const response = await inner(request, `${peer.replace(/\.\d+$/, '')}.${successes % 250}`);
        if (pathOf(request) === '/login' && response.ok) successes += 1;
        return response;
      };
    },
  }),
  mutant('RL-01', 'X-Forwarded-For is believed', {
    wrap: addressed((request, peer) => request.headers.get('x-forwarded-for') ?? peer),
  }),
  mutant('RL-01', 'X-Real-IP is believed', {
    wrap: addressed((request, peer) => request.headers.get('x-real-ip') ?? peer),
  }),
  mutant('RL-23', 'guesses are counted by the address as it is spelled', {
    wrap: (inner) => {
      const peers = new Map<string, string>();
      return async (request, peer) => {
        const email = textOf((await bodyOf(request))['email']);
        if (pathOf(request) !== '/login' || email === email.toLowerCase()) return inner(request, peer);
        const own = peers.get(email) ?? somewhere();
        peers.set(email, own);
        return inner(request, own);
      };
    },
  }),
  mutant('RL-04', 'limits are read, then written', {
    stores: (good) => ({ ...good, rateLimits: racy(good.rateLimits) }),
  }),
  mutant('RL-24', 'the right password passes a refusal', {
    wrap: at('/login', async (request, peer, inner, app) => {
      const { email, password } = await bodyOf(request);
      return inner(request, (await passwordOf(app, email)) === password ? somewhere() : peer);
    }),
  }),
  mutant('RL-18', 'a refusal does not say how long', {
    wrap: answering('/login', (response) => withHeaders(response, { 'retry-after': null })),
  }),
  mutant('RL-18', 'a refusal is 403', {
    wrap: answering('/login', (response) =>
      response.status === 429 ? new Response(response.body, { status: 403, headers: response.headers }) : response,
    ),
  }),
  mutant('RL-19', 'nobody is known', {
    wrap: at('/login', async (request, peer, inner) =>
      inner(await again(request, { headers: { cookie: null } }), peer),
    ),
  }),
  mutant('RL-02', 'whoever is known to anybody is not counted', {
    wrap: at('/login', async (request, peer, inner) =>
      inner(request, (request.headers.get('cookie') ?? '').includes('__Host-device') ? somewhere() : peer),
    ),
    options: { limits: { login_login: many, login_account: many } },
  }),
  mutant('RL-10', 'steps-up are not counted', without('reauth')),
  mutant('RL-20', 'changes of a password are not counted', without('reauth')),
  mutant('RL-21', 'registrations are not counted', without('register_ip')),
  mutant('RL-22', 'mails are not counted', without('mail_ip')),
];
