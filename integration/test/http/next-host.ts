import { AuthProblem, type JsonObject } from '@sallyport/core';
import { type Handlers, type NextAuth, nextAuth } from '@sallyport/next';
import { type Host, makeHost } from './host.ts';

/** Next loads this once for each route; the state is one. */
const shared = globalThis as { host?: Host };
const host = (): Host => {
  shared.host ??= makeHost();
  return shared.host;
};

const web: NextAuth<JsonObject> = nextAuth(() => host().auth);

type Route = ReturnType<typeof web.route>;

/** What the files of the App Router export. */
export const handlers: Handlers = web.handlers;
export const me: Route = web.route({}, (_request, { user }) => Response.json(user));
export const strong: Route = web.route({ aal: 2 }, () => new Response('in'));
export const panel: Route = web.route({}, () => {
  host().ran();
  return new Response('in');
});
export const own = async (request: Request): Promise<Response> => {
  try {
    await host().auth.csrf(request);
    return new Response('done');
  } catch (error) {
    if (error instanceof AuthProblem) return error.toResponse();
    throw error;
  }
};
export const inspect = (request: Request): Response =>
  host().inspect(request.url) ?? new Response(null, { status: 404 });
