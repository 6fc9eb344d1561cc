import { refuse } from '../../errors.ts';
import type { RefreshFlow } from '../../flows/refresh.ts';
import type { RevokeTokenFlow } from '../../flows/revoke-token.ts';
import type { JsonObject } from '../../ports/json.ts';
import type { Cookies } from '../cookies.ts';
import type { Exchange } from '../exchange.ts';
import { clientId, optional, token } from '../input.ts';
import { type Route, reply, route } from '../route.ts';

interface Needs {
  readonly refresh: RefreshFlow;
  readonly revoke: RevokeTokenFlow;
  readonly jwks: () => Promise<{ readonly keys: readonly JsonObject[] }>;
  readonly cookies: Cookies;
}

/** New tokens for old, the end of both, and the keys that they are verified with. */
export const tokenRoutes = (needs: Needs): readonly Route[] => [
  refreshRoute(needs),
  revokeRoute(needs),
  jwksRoute(needs),
];

/** A token in the body is judged alone; the cookie counts where there is none. */
const presentedIn = (exchange: Exchange, refreshToken: string | null) => {
  if (refreshToken !== null) return { token: refreshToken, transport: 'body' } as const;
  const cookie = exchange.cookie('refresh');
  return cookie === null ? null : ({ token: cookie, transport: 'token' } as const);
};

/** A refusal touches no cookie: whoever loses a race must not erase what the winner was given. */
const refreshRoute = ({ refresh, cookies }: Needs): Route =>
  route({
    name: 'refresh',
    method: 'POST',
    path: '/refresh',
    input: { refreshToken: optional(token), clientId: optional(clientId) },
    run: async (input, exchange) => {
      const presented = presentedIn(exchange, input.refreshToken);
      if (presented === null) return refuse('refresh_invalid');
      if (presented.transport === 'body' && exchange.isForeign) return refuse('csrf_rejected');
      const refreshed = await refresh(exchange.caller, { ...presented, clientId: input.clientId });
      if (!refreshed.ok) return refreshed;
      const { accessToken, expiresIn, refreshToken, family } = refreshed;
      // Where it lives was settled when the family was born, whatever this request says.
      if (family.transport === 'body') return reply(200, { accessToken, expiresIn, refreshToken });
      const cookie = cookies.set('refresh', refreshToken, family.absoluteExpiresAt - refreshed.at);
      return reply(200, { accessToken, expiresIn }, [cookie]);
    },
  });

/** Always `204` (RFC 7009 §2.2): what is unknown has ended. */
const revokeRoute = ({ revoke }: Needs): Route =>
  route({
    name: 'revoke',
    method: 'POST',
    path: '/revoke',
    input: { refreshToken: optional(token) },
    run: async (input, exchange) => {
      const presented = presentedIn(exchange, input.refreshToken);
      if (presented !== null) await revoke(exchange.caller, presented.token);
      return reply(204, null);
    },
  });

/** Public, and the one answer of ours that may be kept: five minutes, in which a key that is to sign soon is known everywhere. */
const jwksRoute = ({ jwks }: Needs): Route =>
  route({
    name: 'jwks',
    method: 'GET',
    path: '/jwks.json',
    input: {},
    run: async () => ({
      ...reply(200, await jwks()),
      headers: [
        ['content-type', 'application/jwk-set+json'],
        ['cache-control', 'public, max-age=300'],
        ['vary', 'Origin'],
      ],
    }),
  });
