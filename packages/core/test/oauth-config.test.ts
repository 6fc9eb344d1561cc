import { describe, expect, it } from 'vitest';
import { AuthConfigError, createAuth, type Feature, memoryStores, type StandardSchema } from '../src/index.ts';
import { github, google, oauth, oauth2, oidc } from '../src/oauth.ts';
import { origin, testSecrets } from './harness.ts';

const schema = (takes: (value: unknown) => boolean): StandardSchema<{ name: string }> => ({
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) => (takes(value) ? { value: value as { name: string } } : { issues: [{ message: 'no' }] }),
  },
});
const keys = { clientId: 'id', clientSecret: 'hunter2hunter2' };

const codesOf = (features: readonly Feature[], more: object = {}): string[] => {
  try {
    createAuth({
      origin,
      mode: 'development',
      secrets: testSecrets,
      stores: memoryStores(),
      notifier: { send: async () => {} },
      features,
      ...more,
    });
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(AuthConfigError);
    expect(String(error)).not.toContain(keys.clientSecret);
    return (error as AuthConfigError).issues.map(({ code }) => code);
  }
};

describe('OIDC-20: oauth() says at the start what is wrong', () => {
  it('is a way in of its own', () => {
    expect(codesOf([oauth([google(keys)])])).toEqual([]);
    expect(
      codesOf([oauth([google(keys), github(keys), oidc({ id: 'corp', issuer: 'https://a.example', clientId: 'x' })])]),
    ).toEqual([]);
    expect(codesOf([])).toEqual(['feature_missing']);
  });

  it('nothing is listed, or twice', () => {
    expect(codesOf([oauth([])])).toEqual(['provider_incomplete']);
    expect(codesOf([oauth([google(keys), google(keys)])])).toEqual(['provider_duplicate']);
    expect(codesOf([oauth([google(keys), google({ ...keys, id: 'other' })])])).toEqual(['provider_duplicate']);
    expect(codesOf([oauth([google(keys), github({ ...keys, id: 'google' })])])).toEqual(['provider_duplicate']);
  });

  it('OIDC-21: two clients of one issuer, where one of them keeps tokens: theirs would meet in one record', () => {
    const at = (id: string, more: object = {}) =>
      oidc({ id, issuer: 'https://login.corp.example', clientId: id, ...more });
    const keeping = { keepTokens: true };
    expect(codesOf([oauth([at('one'), at('two')])])).toEqual([]);
    expect(codesOf([oauth([at('one', keeping), at('two', { issuer: 'https://a.example' })])])).toEqual([]);
    expect(codesOf([oauth([at('one', keeping), at('two')])])).toEqual(['provider_duplicate']);
    expect(codesOf([oauth([at('one'), at('two', keeping)])])).toEqual(['provider_duplicate']);
    expect(codesOf([oauth([at('one', keeping), at('two', keeping)])])).toEqual(['provider_duplicate']);
    expect(codesOf([oauth([at('one'), at('two', { keepTokens: false })])])).toEqual([]);
    // Said once of each.
    const three = [at('one', keeping), at('two'), at('three', { clientId: 'two' })];
    expect(codesOf([oauth(three)])).toEqual(['provider_duplicate', 'provider_duplicate']);
  });

  it('a secret that is named and not set is no public client; one that leaves it out is', () => {
    const corp_ = { id: 'corp', issuer: 'https://login.corp.example', clientId: 'x' };
    const plain = {
      ...{ ...corp_, scope: 'read', subject: 'id', userEndpoint: 'https://a.example/me' },
      authorizationEndpoint: 'https://a.example/authorize',
      tokenEndpoint: 'https://a.example/token',
    };
    expect([codesOf([oauth([oidc(corp_)])]), codesOf([oauth([oauth2(plain)])])]).toEqual([[], []]);
    for (const clientSecret of [undefined, '']) {
      expect(codesOf([oauth([oidc({ ...corp_, clientSecret })])])).toEqual(['provider_incomplete']);
      expect(codesOf([oauth([oauth2({ ...plain, clientSecret })])])).toEqual(['provider_incomplete']);
    }
  });

  it('keys that are not set', () => {
    expect(codesOf([oauth([google({ clientId: undefined, clientSecret: undefined })])])).toEqual([
      'provider_incomplete',
      'provider_incomplete',
    ]);
    expect(codesOf([oauth([github({ clientId: 'x', clientSecret: '' })])])).toEqual(['provider_incomplete']);
  });

  const corp = { id: 'corp', issuer: 'https://login.corp.example', clientId: 'x' };
  it.each<[string, object]>([
    ['an id with a slash', { id: 'a/b' }],
    ['an id in capitals', { id: 'Corp' }],
    ['an issuer over http', { issuer: 'http://login.corp.example' }],
    ['an issuer at a private address', { issuer: 'https://10.0.0.1' }],
    ['an issuer with a query', { issuer: 'https://login.corp.example/?a=b' }],
    ['an issuer that is none', { issuer: 'corp' }],
    ['a scope without openid', { scope: 'email' }],
    ['a scope with a line break', { scope: 'openid e\nmail' }],
    ['OIDC-17: a parameter of the protocol', { parameters: { redirect_uri: 'https://evil.example' } }],
    ['OIDC-17: another', { parameters: { prompt: 'login', state: 'x' } }],
    ['a domain with an at sign', { emailDomains: ['@corp.example'] }],
    ['a domain with a star', { emailDomains: ['*.corp.example'] }],
    ['half a millisecond', { maxAge: 0.5 }],
    ['a profile without a schema', { profile: () => ({}) }],
  ])('%s', (_, more) => {
    expect(codesOf([oauth([oidc({ ...corp, ...more })])])).toEqual(['provider_invalid']);
  });

  it('loopback is for development alone', () => {
    const local = oidc({ ...corp, issuer: 'http://localhost:3000/op' });
    expect(codesOf([oauth([local])])).toEqual([]);
    expect(codesOf([oauth([local])], { mode: 'production', clientIp: 'peer' })).toContain('provider_invalid');
  });

  it('endpoints of plain OAuth 2', () => {
    const plain = {
      ...{ id: 'plain', issuer: 'https://a.example', clientId: 'x', scope: 'read', subject: 'id' },
      authorizationEndpoint: 'https://a.example/authorize',
      tokenEndpoint: 'https://a.example/token',
      userEndpoint: 'https://a.example/me',
      revocationEndpoint: 'https://a.example/revoke',
    };
    expect(codesOf([oauth([oauth2(plain)])])).toEqual([]);
    for (const name of ['authorizationEndpoint', 'tokenEndpoint', 'userEndpoint', 'revocationEndpoint', 'issuer'])
      expect([name, codesOf([oauth([oauth2({ ...plain, [name]: 'http://a.example' })])])]).toEqual([
        name,
        ['provider_invalid'],
      ]);
    expect(codesOf([oauth([oauth2({ ...plain, subject: '' })])])).toEqual(['provider_invalid']);
  });

  it('a schema that refuses {} needs a profile of the provider’s claims', () => {
    const strict = schema((value) => typeof (value as { name?: unknown }).name === 'string');
    const profile = (claims: object) => ({ name: String(Reflect.get(claims, 'name')) });
    expect(codesOf([oauth([google(keys)])], { profile: strict })).toEqual(['provider_incomplete']);
    expect(codesOf([oauth([google({ ...keys, profile })])], { profile: strict })).toEqual([]);
    expect(codesOf([oauth([google(keys)])], { profile: schema(() => true) })).toEqual([]);
  });

  it('a returnTo that is no pattern', () => {
    const bad = [
      'app',
      '//evil.example/*',
      '/app*',
      '/*/x',
      'https://evil.example',
      'javascript:x',
      '/a?b',
      '/a#b',
      '/\\a',
      '',
    ];
    for (const pattern of bad)
      expect([pattern, codesOf([oauth([google(keys)], { returnTo: [pattern] })])]).toEqual([
        pattern,
        ['return_to_invalid'],
      ]);
    for (const pattern of ['/', '/*', '/app', '/app/', '/app/*', '/a/b/*', 'https://www.example.com/app/*'])
      expect([pattern, codesOf([oauth([google(keys)], { returnTo: [pattern] })])]).toEqual([pattern, []]);
  });
});
