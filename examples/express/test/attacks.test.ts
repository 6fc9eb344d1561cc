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
  'the session is no bearer token': 'JWT-01 JWT-02 JWT-04 JWT-07 JWT-08 JWT-19',
  'the profile has no `refreshCookie`': 'JWT-17 RT-01 RT-02 RT-03 RT-06 RT-07 RT-09 RT-13 RT-14 RT-16 RT-18',
  'the application takes no sign-in from a provider of the suite':
    'OIDC-05 OIDC-06 OIDC-07 OIDC-08 OIDC-10 OIDC-11 OIDC-15 OIDC-28 OIDC-29 OIDC-31 OIDC-32 OIDC-33 OIDC-34',
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
