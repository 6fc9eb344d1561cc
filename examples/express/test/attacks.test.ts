import { byUrl, runAttacks, sallyport } from '@sallyport/attacks';
import type { PasswordHasher } from '@sallyport/core';
import { expect, it } from 'vitest';
import { serve } from '../src/serve.ts';
import { secrets, testClock } from './client.ts';

/** Thousands of sign-ins: what is tried here is not the hasher. */
const quickHasher: PasswordHasher = {
  hash: async (text) => `$quick$${Buffer.from(text).toString('base64url')}`,
  verify: async (text, encoded) => encoded === `$quick$${Buffer.from(text).toString('base64url')}`,
  needsRehash: () => false,
};

/** What cannot be told of the demo from outside, and why. */
const reasons: Readonly<Record<string, string>> = {
  'the target does not count what it hashes; times are not judged': 'ENUM-14 PWD-06 PWD-07',
  'the target is not served over https': 'SES-29 SES-31',
  'the session is no bearer token': 'JWT-01 JWT-07 JWT-08 JWT-19',
  'the profile has no `refreshCookie`': 'RT-01 RT-02 RT-07 RT-13',
  'the request is pushed: the URL does not show it': 'OIDC-01 OIDC-02 OIDC-03 OIDC-04 OIDC-18 OIDC-27',
};

it('finds nothing in the demo by its URL', async () => {
  const clock = testClock();
  const demo = await serve({ port: 0, secrets, clock, hasher: quickHasher });
  try {
    const target = await byUrl(demo.origin, {
      outbox: '/outbox.json',
      settle: () => demo.auth.drain(),
      advance: (ms) => clock.advance(ms),
      now: () => clock.now(),
    });
    const profile = sallyport({ cookie: 'sallyport-session', totp: true, provider: 'local' });
    const { results } = await runAttacks({ profile, target });
    const found = results.filter(({ verdict }) => verdict === 'finding' || verdict === 'inconclusive');
    expect(found.map(({ id, verdict, detail }) => `${id} ${verdict}: ${detail}`)).toEqual([]);
    const open = results.filter(({ verdict }) => verdict === 'not applicable');
    const seen = open.map(({ id, detail }) => `${id}: ${detail}`);
    const named = Object.entries(reasons).flatMap(([why, ids]) => ids.split(' ').map((id) => `${id}: ${why}`));
    expect(seen.sort()).toEqual(named.sort());
  } finally {
    await demo.close();
  }
});
