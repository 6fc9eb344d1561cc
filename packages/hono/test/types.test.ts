import type { Aal, Identity, JsonObject } from '@sallyport/core';
import { Hono } from 'hono';
import { expect, expectTypeOf, it } from 'vitest';
import { world } from './harness.ts';

it('a handler knows what its guard proved, and is a handler of Hono', async () => {
  await world({
    build: ({ app, web }) => {
      app.use(web.load);
      app.get('/var', web.require(), (c) => {
        expectTypeOf(c.var.auth).toEqualTypeOf<Identity<JsonObject, Aal>>();
        return c.json(c.var.auth.user);
      });
      app.get('/strong/:id', web.require({ aal: 2 }), web.csrf(), (c) => {
        expectTypeOf(c.var.auth.session.aal).toEqualTypeOf<2>();
        expectTypeOf(c.req.param('id')).toEqualTypeOf<string>();
        return c.json(c.var.auth.user);
      });
      app.get(
        '/me/:id',
        web.require({ aal: 2, fresh: 1_000 }, (c, me) => {
          expectTypeOf(me).toEqualTypeOf<Identity<JsonObject, 2>>();
          return c.json(me.user);
        }),
      );
      app.get('/loaded', web.load, (c) => {
        expectTypeOf(c.var.auth).toEqualTypeOf<Identity<JsonObject> | null>();
        expectTypeOf(web.get(c)).toEqualTypeOf<Identity<JsonObject> | null>();
        return c.json(c.var.auth?.user);
      });
      new Hono<{ Bindings: { readonly KEY: string } }>().get('/bound', web.require(), (c) => c.text(c.env.KEY));
      // @ts-expect-error there is no third level
      web.require({ aal: 3 });
      // @ts-expect-error nobody is known to have no user
      web.require({}, (c, me) => c.json(me.nobody));
    },
  });
  expect.assertions(0);
});
