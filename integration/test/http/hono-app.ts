import { honoAuth } from '@sallyport/hono';
import { Hono } from 'hono';
import { makeHost } from './host.ts';

/** The application on Hono: on Node, and bundled in workerd. */
export const honoApp = (): Hono => {
  const host = makeHost();
  const web = honoAuth(host.auth);
  const app = new Hono();
  app.use('/test/*', async (c, next) => host.inspect(c.req.url) ?? next());
  app.use(web.routes);
  app.get('/me', web.require(), (c) => c.json(c.var.auth.user));
  app.get('/strong', web.require({ aal: 2 }), (c) => c.text('in'));
  app.post('/own', web.csrf(), (c) => c.text('done'));
  app.use('/admin/*', web.require());
  app.all('/admin/panel', (c) => {
    host.ran();
    return c.text('in');
  });
  return app;
};
