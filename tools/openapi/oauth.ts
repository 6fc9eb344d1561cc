import type { Described, Success } from './operation.ts';
import { both, device, flow, renewed } from './shared.ts';

const providerUrl: Success = { says: 'To be opened by the browser.', schema: 'ProviderUrl', cookies: [flow] };

export const oauth: Pick<Described, 'startOAuth' | 'finishOAuth' | 'linkAccount' | 'accounts' | 'unlinkAccount'> = {
  startOAuth: {
    ...{ method: 'post', path: '/oauth/{id}', feature: 'oauth()', form: true, leads: true, needs: 'none' },
    summary: 'Begin a sign-in at a provider',
    body: { 'returnTo?': 'param', 'transport?': 'browserTransport', 'clientId?': 'clientId' },
    examples: { plain: {}, 'with a way back': { returnTo: '/welcome' } },
    success: { 200: providerUrl },
    refusals: ['rate_limited', 'provider_unknown', 'return_to_forbidden', 'provider_failed'],
  },
  finishOAuth: {
    ...{ method: 'get', path: '/oauth/{id}/callback', feature: 'oauth()', needs: 'none' },
    summary: "Take the provider's answer, and send the browser on",
    query: { 'code?': 'param', 'state?': 'param', 'iss?': 'param', 'error?': 'param' },
    success: {
      303: {
        says: 'To `returnTo`, to `pages.secondFactor?challenge=…`, or to `pages.error?code=…`.',
        schema: null,
        cookies: [...both, device, flow],
      },
    },
    redirected: [
      ...([
        'malformed_request',
        'validation_failed',
        'provider_unknown',
        'oauth_state_invalid',
        'oauth_denied',
      ] as const),
      ...(['provider_failed', 'account_exists', 'account_linked_elsewhere', 'registration_closed'] as const),
      ...(['account_disabled', 'step_up_required', 'conflict'] as const),
    ],
  },
  linkAccount: {
    ...{ method: 'post', path: '/oauth/{id}/link', feature: 'oauth()', form: true, leads: true, needs: 'session' },
    summary: "Begin to link an account at a provider to the user's",
    body: { 'returnTo?': 'param' },
    examples: { plain: {}, 'with a way back': { returnTo: '/settings' } },
    success: { 200: providerUrl },
    refusals: [
      ...(['rate_limited', 'provider_unknown', 'return_to_forbidden', 'provider_failed'] as const),
      ...(['step_up_required', 'email_unverified'] as const),
    ],
  },
  accounts: {
    ...{ method: 'get', path: '/accounts', feature: 'oauth()', needs: 'session' },
    summary: 'The linked accounts',
    success: { 200: { says: 'Linked accounts.', schema: 'Accounts' } },
  },
  unlinkAccount: {
    ...{ method: 'delete', path: '/accounts/{id}', feature: 'oauth()', needs: 'session' },
    summary: 'Unlink an account',
    description: 'An unknown id is answered by `204` too.',
    success: renewed,
    refusals: ['step_up_required', 'last_login_method', 'conflict'],
  },
};
