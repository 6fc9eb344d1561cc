import type { Http, JsonObject } from '../src/index.ts';
import { type Jwks, remoteJwks } from '../src/verify.ts';
import type { TestClock } from './harness.ts';
import { testKeys } from './tokens.ts';

export const jwksUrl = 'https://app.example.com/auth/jwks.json';

/** A key service that counts, and answers what it is told to. */
export interface KeyService extends Http {
  count: number;
  answer: () => Response | Promise<Response>;
}

export const publicKeys = (): { keys: JsonObject[] } => ({
  keys: testKeys.map(({ kid, jwk: { d: _, ...jwk } }) => ({ ...jwk, kid, alg: 'EdDSA', use: 'sig' })),
});

export const keyService = (): KeyService => {
  const service: KeyService = {
    count: 0,
    answer: () => Response.json(publicKeys()),
    fetch: async () => {
      service.count += 1;
      return service.answer();
    },
  };
  return service;
};

export const remote = (service: KeyService, clock: TestClock, maxCached?: number): Jwks =>
  remoteJwks(jwksUrl, { http: service, clock, ...(maxCached === undefined ? {} : { maxCached }) });
