import type { Aal, Auth, Identity, JsonObject } from '@sallyport/core';
import express, { type Request, type Response } from 'express';
import { expect, expectTypeOf, it } from 'vitest';
import { frameworks, world } from './harness.ts';

const [{ express: framework = express } = {}] = frameworks;

it('a handler knows what its guard proved, and is a handler of Express', async () => {
  await world(framework, {
    build: ({ app, web }) => {
      app.use(web.router);
      app.use(web.load);
      app.get(
        '/me',
        web.require({}, (req, res, me) => {
          expectTypeOf(req).toEqualTypeOf<Request>();
          expectTypeOf(res).toEqualTypeOf<Response>();
          expectTypeOf(me).toEqualTypeOf<Identity<JsonObject>>();
          expectTypeOf(me.session.aal).toEqualTypeOf<Aal>();
        }),
      );
      app.get(
        '/strong/:id',
        web.require({ aal: 2, fresh: 1_000 }, async (_req, res, me, next) => {
          expectTypeOf(me).toEqualTypeOf<Identity<JsonObject, 2>>();
          expectTypeOf(me.session.aal).toEqualTypeOf<2>();
          expectTypeOf(next).toBeCallableWith(new Error('x'));
          res.json(me.user);
        }),
      );
      app.get(
        '/strong/:id',
        web.require({ aal: 2 }, (req: Request<{ id: string }>, res, me) => {
          expectTypeOf(req.params.id).toEqualTypeOf<string>();
          expectTypeOf(me.session.aal).toEqualTypeOf<2>();
          res.json(me.user);
        }),
      );
      app.get('/mixed/:id', web.require({ aal: 2 }), web.csrf(), (req, res) => {
        expectTypeOf(req.params.id).toEqualTypeOf<string>();
        expectTypeOf(web.get(req)).toEqualTypeOf<Identity<JsonObject> | null>();
        res.end();
      });
      app.route('/route').post(
        web.csrf(),
        web.require({}, (req, res) => {
          expectTypeOf(req.query).toEqualTypeOf<Request['query']>();
          res.redirect('/');
        }),
      );
      app.use(
        '/under',
        web.require({}, (_req, res) => {
          res.status(204).end();
        }),
      );
      const apart = web.require({}, (_req, res, me) => {
        res.json(me.session.id);
      });
      app.get('/apart', apart);
      express.Router().use(web.load).get('/', apart);
      // @ts-expect-error there is no third level
      web.require({ aal: 3 });
      // @ts-expect-error nobody is known to have no user
      web.require({}, (_req, res, me) => res.json(me === null, me.nobody));
    },
  });
  expect.assertions(0);
});

it('require narrows the level that it was asked for, and no other', () => {
  const ask = async (auth: Auth<JsonObject>, headers: Headers) => {
    expectTypeOf(await auth.require(headers, { aal: 2 })).toEqualTypeOf<Identity<JsonObject, 2>>();
    expectTypeOf((await auth.require(headers, { aal: 2, fresh: 1_000, live: true })).session.aal).toEqualTypeOf<2>();
    expectTypeOf((await auth.require(headers, { aal: 1 })).session.aal).toEqualTypeOf<Aal>();
    expectTypeOf((await auth.require(headers, { fresh: 1_000 })).session.aal).toEqualTypeOf<Aal>();
    expectTypeOf((await auth.require(headers)).session.aal).toEqualTypeOf<Aal>();
    // @ts-expect-error a level that is only known when it runs narrows nothing
    const some: Identity<JsonObject, 2> = await auth.require(headers, { aal: 2 as Aal });
    const stepped = await auth.api.stepUp({ method: 'totp', code: '123456' }, headers);
    expectTypeOf(stepped.value.session.aal).toEqualTypeOf<Aal>();
    // @ts-expect-error one thing at a time is shown, whole
    await auth.api.stepUp({ method: 'totp' }, headers);
    return some;
  };
  expectTypeOf(ask).toBeFunction();
  expect.assertions(0);
});
