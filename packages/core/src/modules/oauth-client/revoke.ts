import { processRevocationResponse, revocationRequest } from '../../vendor/oauth4webapi.ts';
import { during } from './fault.ts';
import type { Server } from './server.ts';

/** RFC 7009. Nothing where the provider has no endpoint for it; that it knows no such token is fine. */
export const revoke = async ({ as, client, auth, calls }: Server, token: string): Promise<void> => {
  if (as.revocation_endpoint === undefined) return;
  await during('revoke', async () =>
    processRevocationResponse(await revocationRequest(as, client, auth, token, calls())),
  );
};
