import { refuse } from '../../errors.ts';
import type { FinishOAuthFlow } from '../../flows/oauth/finish.ts';
import type { StartOAuthFlow } from '../../flows/oauth/start.ts';
import type { OAuthClient } from '../../modules/oauth-client/client.ts';
import type { Subject } from '../../modules/subjects.ts';
import type { Transport } from '../../ports/live-session.ts';
import { entranceOf, entryReply, type Wish, wishFields } from '../entry.ts';
import type { Exchange } from '../exchange.ts';
import { id, param } from '../fields.ts';
import { optional } from '../input.ts';
import type { Keepsakes } from '../keepsakes.ts';
import { type Route, redirectTo, reply, route } from '../route.ts';

interface Needs {
  readonly start: StartOAuthFlow;
  readonly finish: FinishOAuthFlow;
  readonly clientOf: (id: string) => OAuthClient | null;
  /** Where a browser may end; `null` = nowhere of ours. */
  readonly targetOf: (returnTo: string | null) => string | null;
  readonly keep: Keepsakes;
  /** The page that asks for a second factor. */
  readonly secondFactor: string;
  readonly freshMs: number;
  readonly transports: readonly Transport[];
}

export const oauthRoutes = (needs: Needs): readonly Route[] => [
  startRoute(needs),
  finishRoute(needs),
  linkRoute(needs),
];

interface Wanted extends Wish {
  readonly id: string;
  readonly returnTo: string | null;
  readonly linkTo: Subject | null;
}

/** A form is led to the provider at once; a script gets the URL. By `POST`, so that no link elsewhere begins a sign-in. */
const begin = async ({ start, clientOf, targetOf, keep }: Needs, exchange: Exchange, wanted: Wanted) => {
  const client = clientOf(wanted.id);
  if (client === null) return refuse('provider_unknown');
  const returnTo = targetOf(wanted.returnTo);
  if (returnTo === null) return refuse('return_to_forbidden');
  const flow = keep.flow(exchange);
  const { linkTo } = wanted;
  const started = await start(exchange.caller, {
    client,
    returnTo,
    flow: flow.value,
    entrance: entranceOf(exchange, wanted),
    linkTo,
  });
  return started.ok ? { ...reply(200, { url: started.url }, [flow.cookie]), next: started.url } : started;
};

const startRoute = (needs: Needs): Route =>
  route({
    name: 'startOAuth',
    method: 'POST',
    path: '/oauth/{id}',
    takesForms: true,
    leads: true,
    // No body would hold the tokens of `body`: a browser is sent on.
    input: { id, returnTo: optional(param), ...wishFields(needs.transports.filter((one) => one !== 'body')) },
    run: (input, exchange) => begin(needs, exchange, { ...input, linkTo: null }),
  });

/** A link makes no session. */
const asIs: Wish = { transport: null, clientId: null };

/** One more way in asks for a fresh proof of those that there are. */
const linkRoute = (needs: Needs): Route =>
  route({
    name: 'linkAccount',
    method: 'POST',
    path: '/oauth/{id}/link',
    takesForms: true,
    leads: true,
    input: { id, returnTo: optional(param) },
    run: async (input, exchange) => {
      const asked = await exchange.demand({ fresh: needs.freshMs, strong: true });
      return asked.ok ? begin(needs, exchange, { ...input, ...asIs, linkTo: asked.subject }) : asked;
    },
  });

const finishRoute = ({ finish, clientOf, keep, secondFactor }: Needs): Route =>
  route({
    name: 'finishOAuth',
    method: 'GET',
    path: '/oauth/{id}/callback',
    takesQuery: true,
    input: { id, code: optional(param), state: optional(param), iss: optional(param), error: optional(param) },
    run: async ({ id: provider, code, state, iss, error }, exchange) => {
      const client = clientOf(provider);
      if (client === null) return refuse('provider_unknown');
      const bound = (returnTo: string): Exchange => ({ ...exchange, navigation: { returnTo, secondFactor } });
      const finished = await finish(exchange.caller, {
        client,
        response: { code, state: state ?? '', iss, error },
        flow: exchange.flow(),
        entranceTo: (returnTo) => entranceOf(bound(returnTo)),
        subject: await exchange.subject(),
      });
      if (!finished.ok) return finished;
      const { returnTo, entered } = finished;
      if (entered === null) return leadTo(returnTo, []);
      const { cookies, headers = [] } = entryReply(keep, bound(returnTo), { status: 200, entered });
      return leadTo(headers.find(([name]) => name === 'location')?.[1] ?? returnTo, cookies);
    },
  });

const leadTo = (location: string, cookies: readonly string[]) =>
  redirectTo(location, reply(303, { location }, cookies));
