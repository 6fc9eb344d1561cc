import type { Login, Tokens } from '../api/auth.ts';
import { type Refusal, refuse } from '../errors.ts';
import type { Entrance, Minted, Opened } from '../modules/gate.ts';
import type { Transport } from '../ports/live-session.ts';
import type { UserRecord } from '../ports/users.ts';
import { digest } from '../primitives/digest.ts';
import { isSecret } from '../primitives/secret.ts';
import type { Exchange } from './exchange.ts';
import { clientId, type Field, oneOf, optional } from './input.ts';
import type { Keepsakes } from './keepsakes.ts';
import { withQuery } from './query.ts';
import { type Reply, redirectTo, reply } from './route.ts';
import { publicUser } from './view.ts';

type Entered = Opened & { readonly user: UserRecord };

/** Where the new session is to live, and which program asks. */
export interface Wish {
  readonly transport: Transport | null;
  readonly clientId: string | null;
}

/** The members of every input that can sign in. */
export const wishFields = (
  transports: readonly Transport[],
): { readonly transport: Field<Transport | null>; readonly clientId: Field<string | null> } => ({
  transport: optional(oneOf(...transports)),
  clientId: optional(clientId),
});

/** What a request brings to the gate; that of a browser that navigates is bound to it. */
export const entranceOf = (exchange: Exchange, wish: Wish = { transport: null, clientId: null }): Entrance => {
  const { presented, navigation } = exchange;
  const trusted = exchange.cookie('trusted');
  return {
    presented,
    family: exchange.presentedFamily(),
    transport: wish.transport ?? 'cookie',
    clientId: wish.clientId,
    returnTo: navigation?.returnTo ?? null,
    flow: navigation === null ? null : flowDigest(exchange.flowOrNew()),
    trusted: trusted !== null && isSecret(trusted) ? digest('trusted', trusted) : null,
  };
};

/** Both tokens in a body are for programs; a page of another site could read them there, or have its user's put in. */
export const wishRefusal = ({ isForeign }: Exchange, { transport }: Pick<Wish, 'transport'>): Refusal | null =>
  transport === 'body' && isForeign ? refuse('csrf_rejected') : null;

/** What a body holds of a new session; `null` = its cookie is all there is. The token of a cookie never goes into one. */
export const tokensOf = ({ access, secret, session }: Minted): Tokens | null =>
  access === null ? null : { ...access, ...(session.family?.transport === 'body' ? { refreshToken: secret } : {}) };

/** What a challenge keeps of the flow value. */
export const flowDigest = (flow: string): string => digest('flow:mfa_challenge', flow);

/**
 * The answer to whoever the gate let in, or halfway in, by whatever method; a new session also makes the device known.
 * A browser that navigates is sent on: to where it wanted, or to the page that asks for the second factor.
 */
export const entryReply = (
  keep: Keepsakes,
  exchange: Exchange,
  { status, entered }: { readonly status: 200 | 201; readonly entered: Entered },
): Reply<Login<unknown>> => {
  const { navigation } = exchange;
  if (entered.status === 'mfa_required') {
    const { challenge, methods } = entered;
    const value = { status: 'mfa_required', challenge, methods } as const;
    return navigation === null
      ? reply(200, value)
      : redirectTo(withQuery(navigation.secondFactor, { challenge }), reply(303, value, [keep.flow(exchange).cookie]));
  }
  const kept = keep.session(entered);
  // A program that keeps its tokens itself gets no cookie: with one it would have to say where it comes from ever after.
  const cookies = kept.length === 0 ? [] : [...kept, keep.device(entered.user.loginKey)];
  const value = { status: 'signed_in', user: publicUser(entered.user), ...tokensOf(entered) } as const;
  return navigation === null
    ? reply(status, value, cookies)
    : redirectTo(navigation.returnTo, reply(303, value, cookies));
};

/** The answer where nothing is told but the session goes on in a new one: its cookie, or its tokens. */
export const renewedReply = (keep: Keepsakes, renewed: Minted): Reply<null | Tokens> => {
  const tokens = tokensOf(renewed);
  return reply(tokens === null ? 204 : 200, tokens, keep.session(renewed));
};
