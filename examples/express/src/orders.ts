import { AuthProblem, type Jwks, verifyAccessToken } from '@sallyport/core/verify';
import type { RequestHandler } from 'express';

export interface OrdersOptions {
  /** Who signs the tokens, and whom they are for: both are the demo. */
  readonly origin: string;
  readonly jwks: Jwks;
}

/** Stands for an API in a process of its own: it knows public keys, and neither the database nor a cookie. */
export const orders =
  ({ origin, jwks }: OrdersOptions): RequestHandler =>
  async (req, res) => {
    const [, token = ''] = /^Bearer (\S+)$/i.exec(req.get('authorization') ?? '') ?? [];
    try {
      const { userId, aal } = await verifyAccessToken(token, { issuer: origin, audience: origin, jwks });
      res.json({ orders: [{ id: 'ord_1', userId, total: 42 }], aal });
    } catch (error) {
      if (!(error instanceof AuthProblem)) throw error;
      const answer = error.toResponse();
      res.status(answer.status);
      for (const [name, value] of answer.headers) res.setHeader(name, value);
      res.end(await answer.text());
    }
  };
