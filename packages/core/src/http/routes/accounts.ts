import type { UnlinkFlow } from '../../flows/oauth/unlink.ts';
import type { LinkedAccounts } from '../../modules/linked-accounts.ts';
import { renewedReply } from '../entry.ts';
import { id } from '../fields.ts';
import type { Keepsakes } from '../keepsakes.ts';
import { type Route, reply, route } from '../route.ts';
import { linkedAccount } from '../view.ts';

interface Needs {
  readonly accounts: LinkedAccounts;
  readonly unlink: UnlinkFlow;
  readonly keep: Keepsakes;
  readonly freshMs: number;
}

/** Accounts at providers that are linked to the user. */
export const accountRoutes = (needs: Needs): readonly Route[] => [accountsRoute(needs), unlinkRoute(needs)];

const accountsRoute = ({ accounts }: Needs): Route =>
  route({
    name: 'accounts',
    method: 'GET',
    path: '/accounts',
    input: {},
    run: async (_input, exchange) => {
      const asked = await exchange.demand();
      if (!asked.ok) return asked;
      return reply(200, { accounts: (await accounts.of(asked.subject.credential)).map(linkedAccount) });
    },
  });

/** `204` for an unknown id too; the last way to sign in stays. */
const unlinkRoute = ({ unlink, keep, freshMs }: Needs): Route =>
  route({
    name: 'unlinkAccount',
    method: 'DELETE',
    path: '/accounts/{id}',
    input: { id },
    run: async (input, exchange) => {
      const asked = await exchange.demand({ fresh: freshMs, strong: true });
      if (!asked.ok) return asked;
      const unlinked = await unlink(exchange.caller, asked.subject, input.id);
      if (!unlinked.ok) return unlinked;
      if (!unlinked.changed) return reply(204, null);
      if (unlinked.renewed !== null) return renewedReply(keep, unlinked.renewed);
      return reply(204, null, keep.forget(asked.subject.session));
    },
  });
