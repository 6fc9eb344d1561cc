import { type Auth, AuthProblem, type Identity, type JsonObject } from '@sallyport/core';
import type { Request, Response } from 'express';
import { sendProblem } from './problems.ts';

/** Where the local provider tells whose token it is; stands for any API of a provider. */
const apiOf: Readonly<Record<string, string>> = { local: '/local-provider/me' };

/** Calls a provider's API for whoever is signed in, with the token that the provider gave for that. */
export const providerCall =
  (auth: Auth<JsonObject>) =>
  async (req: Request<{ id: string }>, res: Response, { user }: Identity<JsonObject>): Promise<void> => {
    const provider = req.params.id;
    const api = apiOf[provider];
    if (api === undefined) return sendProblem(res, 404, 'not_found');
    try {
      const { accessToken, expiresAt } = await auth.api.providerToken({ userId: user.id, provider });
      const answer = await fetch(`${auth.origin}${api}`, { headers: { authorization: `Bearer ${accessToken}` } });
      if (!answer.ok) return sendProblem(res, 502, 'provider_failed');
      res.json({ answer: await answer.json(), tokenExpiresAt: expiresAt });
    } catch (error) {
      if (!(error instanceof AuthProblem)) throw error;
      sendProblem(res, error.problem.status, error.problem.code);
    }
  };
