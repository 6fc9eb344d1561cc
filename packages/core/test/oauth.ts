import { password } from '../src/index.ts';
import { type OAuthOptions, oauth, oidc } from '../src/oauth.ts';
import type { OidcProvider } from '../src/ports/oauth-provider.ts';
import { type Browser, type TestAnswer, testClock, type World, type WorldOptions, world } from './harness.ts';
import { clientId, clientSecret, type TestProvider } from './oauth-provider.ts';

export const described = (provider: TestProvider, more: Partial<OidcProvider> = {}): OidcProvider =>
  oidc({ id: 'corp', issuer: provider.issuer, clientId, clientSecret, emailDomains: ['corp.example'], ...more });

export interface OAuthWorld extends WorldOptions {
  readonly oauth?: OAuthOptions;
  readonly providers?: readonly OidcProvider[];
}

/** A world in which one can sign in at the provider, which goes by its clock. */
export const oauthWorld = (provider: TestProvider, options: OAuthWorld = {}): World => {
  const { oauth: more = {}, providers = [described(provider)], clock = testClock(), ...rest } = options;
  provider.now = () => clock.now();
  return world({ features: [password(), oauth(providers, more)], clock, ...rest });
};

/** `POST /oauth/{id}`: the URL of the provider. */
export const begin = async (browser: Browser, id = 'corp', path = ''): Promise<string> => {
  const answer = await browser.post(`/oauth/${id}${path}`, {});
  if (answer.status !== 200) throw new Error(`start answered ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body.url;
};

/** The way back. */
export const callback = (browser: Browser, url: string): Promise<TestAnswer> => {
  const { pathname, search } = new URL(url);
  return browser.get(`${pathname.replace(/^\/auth/, '')}${search}`, { 'sec-fetch-site': 'cross-site' });
};

/** The code of the error page that an answer leads to; `ok` for another page. */
export const outcomeOf = (answer: TestAnswer): string => {
  const location = answer.headers.get('location');
  if (answer.status !== 303 || location === null) return `${answer.status} ${JSON.stringify(answer.body)}`;
  return new URL(location, 'https://app.example.com').searchParams.get('code') ?? 'ok';
};

/** There and back. */
export const signInAt = async (browser: Browser, provider: TestProvider, id = 'corp'): Promise<string> =>
  outcomeOf(await callback(browser, provider.approve(await begin(browser, id))));

export const linkAt = async (browser: Browser, provider: TestProvider, id = 'corp'): Promise<string> =>
  outcomeOf(await callback(browser, provider.approve(await begin(browser, id, '/link'))));

// biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
export const me = async (browser: Browser): Promise<any> => (await browser.get('/session')).body.user;
