export {
  type GitHubOptions,
  type GoogleOptions,
  github,
  google,
  type OAuth2Options,
  type OAuthOptions,
  type OidcOptions,
  oauth,
  oauth2,
  oidc,
} from './features/oauth.ts';
