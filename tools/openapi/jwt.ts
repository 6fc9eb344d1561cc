import type { Described } from './operation.ts';
import { both, token } from './shared.ts';

export const jwt: Pick<Described, 'refresh' | 'revoke' | 'jwks'> = {
  refresh: {
    ...{ method: 'post', path: '/refresh', feature: 'jwt()', needs: 'refresh' },
    summary: 'New tokens for old',
    description: 'A refusal touches no cookie.',
    body: { 'refreshToken?': 'token', 'clientId?': 'clientId' },
    examples: { cookie: {}, body: { refreshToken: token, clientId: 'cli' } },
    success: { 200: { says: 'New tokens.', schema: 'Tokens', cookies: [both[1]] } },
    refusals: ['rate_limited', 'refresh_invalid', 'session_revoked', 'conflict'],
  },
  revoke: {
    ...{ method: 'post', path: '/revoke', feature: 'jwt()', needs: 'refresh' },
    summary: 'End the family of a refresh token',
    body: { 'refreshToken?': 'token' },
    examples: { cookie: {}, body: { refreshToken: token } },
    success: { 204: { says: 'Always: what is unknown has ended.', schema: null } },
  },
  jwks: {
    ...{ method: 'get', path: '/jwks.json', feature: 'jwt()', needs: 'none' },
    summary: 'The public keys that access tokens are verified with (RFC 7517)',
    success: { 200: { says: 'May be kept for five minutes.', schema: 'KeySet' } },
  },
};
