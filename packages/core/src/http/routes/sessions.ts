import type { RevokeSessionFlow } from '../../flows/revoke-session.ts';
import type { Sessions } from '../../modules/sessions.ts';
import { id } from '../fields.ts';
import type { Keepsakes } from '../keepsakes.ts';
import { type Route, reply, route } from '../route.ts';
import { listedSession } from '../view.ts';
import { heads } from './heads.ts';

interface Needs {
  readonly sessions: Sessions;
  readonly revokeSession: RevokeSessionFlow;
  readonly keep: Keepsakes;
  readonly freshMs: number;
}

/** Where a user is signed in, and the end of it. */
export const sessionRoutes = (needs: Needs): readonly Route[] => [sessionsRoute(needs), revokeSessionRoute(needs)];

const sessionsRoute = ({ sessions }: Needs): Route =>
  route({
    ...heads.sessions,
    input: {},
    run: async (_input, exchange) => {
      const asked = await exchange.demand();
      if (!asked.ok) return asked;
      const { user, credential, session } = asked.subject;
      const live = await sessions.list(user.id, credential);
      const newestFirst = live.toSorted((a, b) => b.lastSeenAt - a.lastSeenAt);
      return reply(200, { sessions: newestFirst.map((one) => listedSession(one, session.id)) });
    },
  });

/** Ending another session asks for a fresh proof (ASVS 5.0, 7.5.2); ending the own one is a logout. `204` for an unknown id too. */
const revokeSessionRoute = ({ revokeSession, keep, freshMs }: Needs): Route =>
  route({
    ...heads.revokeSession,
    input: { id },
    run: async (input, exchange) => {
      const isOwn = input.id === (await exchange.subject())?.session.id;
      const asked = await exchange.demand(isOwn ? {} : { fresh: freshMs, strong: true });
      if (!asked.ok) return asked;
      await revokeSession(exchange.caller, asked.subject, input.id);
      return reply(204, null, isOwn ? keep.forget(asked.subject.session) : []);
    },
  });
