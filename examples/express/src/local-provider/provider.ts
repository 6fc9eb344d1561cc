import { generateKeyPairSync, randomBytes } from 'node:crypto';
import express, { type Router } from 'express';
import { Provider } from 'oidc-provider';
import { memoryAdapters } from './memory-adapter.ts';
import { signInPage } from './pages.ts';
import { people } from './people.ts';

export interface LocalProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** To be mounted at `path`. */
  readonly routes: Router;
  readonly path: string;
}

const path = '/local-provider';
const hour = 3_600;

/** A real provider (`oidc-provider`) with two accounts, for development: it asks for no password. Its keys and records end with the process. */
export const localProvider = (origin: string): LocalProvider => {
  const issuer = `${origin}${path}`;
  const client = { clientId: 'sallyport-demo', clientSecret: randomBytes(32).toString('base64url') };
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const provider = new Provider(issuer, {
    adapter: memoryAdapters(),
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        redirect_uris: [`${origin}/auth/oauth/local/callback`],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kty: 'EC', use: 'sig', alg: 'ES256' }] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    pkce: { required: () => true },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      revocation: { enabled: true },
    },
    // Good for one use: who brings one twice loses the grant.
    rotateRefreshToken: true,
    ttl: {
      ...{ AccessToken: hour, AuthorizationCode: 60, Interaction: hour, Session: hour },
      ...{ Grant: 24 * hour, IdToken: 24 * hour, RefreshToken: 24 * hour },
    },
    interactions: { url: (_ctx, { uid }) => `${path}/sign-in/${uid}` },
    findAccount: (_ctx, id) => {
      const person = people.find((one) => one.id === id);
      if (person === undefined) return undefined;
      const { name, email, emailVerified } = person;
      return { accountId: id, claims: async () => ({ sub: id, name, email, email_verified: emailVerified }) };
    },
    // There is one client, and it is ours: nobody has to be asked.
    loadExistingGrant: async (ctx) => {
      const { Grant } = ctx.oidc.provider;
      const accountId = ctx.oidc.session?.accountId;
      if (accountId === undefined) return undefined;
      const grant = new Grant({ accountId, clientId: client.clientId });
      grant.addOIDCScope('openid email profile offline_access');
      await grant.save();
      return grant;
    },
  });
  return { issuer, ...client, path, routes: routesOf(provider) };
};

const routesOf = (provider: Provider): Router => {
  const routes = express.Router();
  routes.get('/sign-in/:uid', async (req, res, next) => {
    try {
      await provider.interactionDetails(req, res);
      res.type('html').send(signInPage(people, req.originalUrl));
    } catch (error) {
      next(error);
    }
  });
  routes.post('/sign-in/:uid', express.urlencoded({ extended: false }), async (req, res, next) => {
    try {
      const accountId = people.find(({ id }) => id === req.body?.person)?.id;
      const result =
        accountId === undefined ? { error: 'access_denied' } : { login: { accountId, remember: false }, consent: {} };
      await provider.interactionFinished(req, res, result, { mergeWithLastSubmission: false });
    } catch (error) {
      next(error);
    }
  });
  routes.use(provider.callback());
  return routes;
};
