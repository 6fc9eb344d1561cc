import { AuthProblem, remoteJwks, verifyAccessToken } from '@sallyport/core/verify';
import express, { type Express } from 'express';
import { cors } from './cors.ts';
import type { Origins } from './origins.ts';
import { failed, notFound } from './problems.ts';

/** A service of its own: no database of users, no secret, no question to the API but for its public keys. */
export const createOrders = ({ app: page, api }: Origins, now: () => number = Date.now): Express => {
  const expected = { issuer: api, audience: api, jwks: remoteJwks(`${api}/auth/jwks.json`, { clock: { now } }) };
  const app = express();
  app.disable('x-powered-by');
  app.use(cors([page]));
  app.get('/orders', async (req, res) => {
    try {
      const token = (req.headers.authorization ?? '').replace(/^Bearer /, '');
      const { userId } = await verifyAccessToken(token, expected);
      res.set('cache-control', 'no-store').json({ orders: ordersOf(userId) });
    } catch (error) {
      if (!(error instanceof AuthProblem)) throw error;
      const answer = error.toResponse();
      res
        .status(answer.status)
        .set(Object.fromEntries(answer.headers))
        .send(await answer.text());
    }
  });
  app.use(notFound, failed);
  return app;
};

const goods = ['A brass key', 'A lantern', 'Forty feet of rope', 'A folding ladder', 'A good map', 'Two loaves'];

/** The same for the same user: nothing is stored here. */
const ordersOf = (userId: string): readonly { readonly id: number; readonly what: string }[] => {
  const seed = [...userId].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0);
  return [0, 1, 2].map((n) => ({ id: 1_000 + (seed % 900) + n, what: goods[(seed + n) % goods.length] ?? '' }));
};
