import { type Route, reply, route } from '../route.ts';
import { publicSession, publicUser } from '../view.ts';

/** Who is signed in: an answer, and an error for an access token alone: "signed out" would be another word for "renew it". */
export const sessionRoute = (): Route =>
  route({
    name: 'session',
    method: 'GET',
    path: '/session',
    input: {},
    run: async (_input, exchange) => {
      const flaw = await exchange.flaw();
      if (flaw !== null) return flaw;
      const subject = await exchange.subject();
      if (subject === null) return reply(200, { user: null, session: null });
      return reply(200, { user: publicUser(subject.user), session: publicSession(subject.session) });
    },
  });
