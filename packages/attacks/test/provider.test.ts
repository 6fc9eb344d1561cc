import { password } from '@sallyport/core';
import { github, oauth } from '@sallyport/core/oauth';
import { expect, it } from 'vitest';
import { application } from '../mutants/app.ts';
import { attacks, runAttacks, sallyport } from '../src/index.ts';

/** What a provider says to a code that it never gave (RFC 6749 §5.2). */
const stranger = async (): Promise<Response> =>
  new Response('{"error":"invalid_grant"}', { status: 400, headers: { 'content-type': 'application/json' } });

it('finds nothing in a sign-in at a provider of our own stack', async () => {
  const target = application({
    options: {
      features: [password(), oauth([github({ clientId: 'client', clientSecret: 'secret' })])],
      http: { fetch: stranger },
    },
  });
  const own = attacks.filter((attack) => attack.class === 'oauth');
  const { results } = await runAttacks({ profile: sallyport({ provider: 'github' }), target, attacks: own });
  // What needs a provider that lies does not apply to one that is somebody else's.
  const tried = results.filter(({ detail }) => !detail.includes('from a provider of the suite'));
  expect(tried.map(({ id, verdict }) => `${id} ${verdict}`).sort()).toEqual([
    'OIDC-01 held',
    'OIDC-02 held',
    'OIDC-03 held',
    // A provider of OAuth 2 alone gives no ID token.
    'OIDC-04 not applicable',
    'OIDC-18 held',
    'OIDC-27 held',
  ]);
});
