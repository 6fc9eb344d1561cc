import { generateKeyPairSync } from 'node:crypto';
import { type JsonObject, jwt, password } from '@sallyport/core';
import { expect, it } from 'vitest';
import { application } from '../mutants/app.ts';
import { runAttacks, sallyport } from '../src/index.ts';

const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }) as JsonObject;
const features = [
  password(),
  jwt({ audience: 'https://api.example.com', keys: [{ kid: 'one', state: 'active', jwk }] }),
];

it('finds nothing in our own access and refresh tokens', async () => {
  const { results } = await runAttacks({
    profile: sallyport({ tokens: true }),
    target: () => application({ options: { features } }),
    only: ['jwt', 'refresh', 'SES-03', 'SES-18', 'SES-20', 'SES-26', 'SES-27', 'SES-41', 'TOK-10', 'FW-16'],
  });
  const open = results.filter(({ verdict }) => verdict !== 'held');
  expect(open.map(({ id, verdict, detail }) => `${id} ${verdict}: ${detail}`)).toEqual([]);
});
