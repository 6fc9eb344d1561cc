import { type RequestHandler, Router } from 'express';
import type { Outbox } from './outbox.ts';
import { page } from './pages.ts';

/** The mails, for whoever sits at this computer. To be mounted in development only: their links open accounts. */
export const outboxRoutes = (outbox: Outbox): Router => {
  const routes = Router();
  routes.get('/outbox', onThisComputer, page('outbox', 'outbox'));
  routes.get('/outbox.json', onThisComputer, (_req, res) => {
    res.json(outbox.mails());
  });
  return routes;
};

const loopback = ['localhost', '127.0.0.1', '[::1]'];

/** A name that another site points at 127.0.0.1 (DNS rebinding) brings that name along as the host. */
const onThisComputer: RequestHandler = (req, _res, next) => {
  if (loopback.includes(req.hostname)) next();
  else next('router');
};
