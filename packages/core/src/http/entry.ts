import type { Login } from '../api/auth.ts';
import type { Entrance, Opened } from '../modules/gate.ts';
import type { UserRecord } from '../ports/users.ts';
import { digest } from '../primitives/digest.ts';
import { isSecret } from '../primitives/secret.ts';
import type { Exchange } from './exchange.ts';
import type { Keepsakes } from './keepsakes.ts';
import { withQuery } from './query.ts';
import { type Reply, redirectTo, reply } from './route.ts';
import { publicUser } from './view.ts';

type Entered = Opened & { readonly user: UserRecord };

/** What a request brings to the gate; that of a browser that navigates is bound to it. */
export const entranceOf = (exchange: Exchange): Entrance => {
  const { presented, navigation } = exchange;
  const trusted = exchange.cookie('trusted');
  return {
    presented,
    returnTo: navigation?.returnTo ?? null,
    flow: navigation === null ? null : flowDigest(exchange.flowOrNew()),
    trusted: trusted !== null && isSecret(trusted) ? digest('trusted', trusted) : null,
  };
};

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
  const cookies = [keep.session(entered), keep.device(entered.user.loginKey)];
  const value = { status: 'signed_in', user: publicUser(entered.user) } as const;
  return navigation === null
    ? reply(status, value, cookies)
    : redirectTo(navigation.returnTo, reply(303, value, cookies));
};
