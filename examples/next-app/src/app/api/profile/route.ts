import { web } from '../../../lib/auth';

const profile = web.route({}, (_request, { user, session }) => Response.json({ user, session }));

export { profile as GET, profile as POST };
