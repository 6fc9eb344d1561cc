import type { OidcProvider } from '../../ports/oauth-provider.ts';

export interface OidcOptions extends Omit<OidcProvider, 'protocol' | 'scope' | 'clientId'> {
  /** `undefined` is a configuration error with a code. */
  readonly clientId: string | undefined;
  /** Default `openid email profile`. */
  readonly scope?: string;
}

/** Any provider of OpenID Connect. `issuer` is exactly the text that its metadata has, a slash at the end included. */
export const oidc = ({ clientId, scope, ...rest }: OidcOptions): OidcProvider => ({
  protocol: 'oidc',
  clientId: clientId ?? '',
  scope: scope ?? 'openid email profile',
  ...rest,
});
