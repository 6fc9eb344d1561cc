import type { OAuth2Provider } from '../../ports/oauth-provider.ts';

export interface OAuth2Options extends Omit<OAuth2Provider, 'protocol' | 'clientId'> {
  /** `undefined` is a configuration error with a code. */
  readonly clientId: string | undefined;
}

/** Any provider of plain OAuth 2, described by its endpoints: it names the subject at one of them, over the access token. */
export const oauth2 = ({ clientId, ...rest }: OAuth2Options): OAuth2Provider => ({
  protocol: 'oauth2',
  clientId: clientId ?? '',
  ...rest,
});

export interface GitHubOptions
  extends Pick<Partial<OAuth2Provider>, 'id' | 'scope' | 'keepTokens' | 'parameters' | 'profile'> {
  readonly clientId: string | undefined;
  readonly clientSecret: string | undefined;
}

/** GitHub, the example of a provider without OpenID Connect. It has no ID token, runs nobody's mailbox, and so proves no address. */
export const github = ({ clientSecret, ...rest }: GitHubOptions): OAuth2Provider =>
  oauth2({
    id: 'github',
    issuer: 'https://github.com/login/oauth',
    clientSecret: clientSecret ?? '',
    clientAuth: 'post',
    scope: 'read:user',
    authorizationEndpoint: 'https://github.com/login/oauth/authorize',
    tokenEndpoint: 'https://github.com/login/oauth/access_token',
    userEndpoint: 'https://api.github.com/user',
    subject: 'id',
    email: 'email',
    ...rest,
  });
