import type { Login } from '../api/auth.ts';
import type { Opened } from '../modules/gate.ts';
import type { UserRecord } from '../ports/users.ts';
import type { Exchange } from './exchange.ts';
import type { Keepsakes } from './keepsakes.ts';
import { type Reply, reply } from './route.ts';
import { publicUser } from './view.ts';

type Entered = Opened & { readonly user: UserRecord };

/** What a request brings to the gate. */
export const entranceOf = ({ presented }: Exchange): { readonly presented: string | null } => ({ presented });

/** The answer to whoever the gate let in, or halfway in, by whatever method; a new session also makes the device known. */
export const entryReply = (keep: Keepsakes, status: 200 | 201, entered: Entered): Reply<Login<unknown>> => {
  if (entered.status === 'mfa_required') {
    const { challenge, methods } = entered;
    return reply(200, { status: 'mfa_required', challenge, methods });
  }
  const cookies = [keep.session(entered), keep.device(entered.user.loginKey)];
  return reply(status, { status: 'signed_in', user: publicUser(entered.user) }, cookies);
};
