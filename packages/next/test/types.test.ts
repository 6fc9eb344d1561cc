import type { Aal, Auth, Identity } from '@sallyport/core';
import { expect, expectTypeOf, it } from 'vitest';
import { type Answered, nextAuth } from '../src/index.ts';

interface Profile {
  readonly name: string;
}

it('a page, a route handler and an action know what their guard proved', () => {
  const web = nextAuth<Profile>((): Auth<Profile> => {
    throw new Error('nobody asks');
  });
  const page = async () => {
    expectTypeOf(await web.session()).toEqualTypeOf<Identity<Profile> | null>();
    expectTypeOf(await web.require()).toEqualTypeOf<Identity<Profile, Aal>>();
    expectTypeOf((await web.require({ aal: 2, redirectTo: '/login' })).session.aal).toEqualTypeOf<2>();
    // @ts-expect-error there is no third level
    await web.require({ aal: 3 });
    const login = await web.actions.login({ email: 'a', password: 'b' });
    if (login.ok) expectTypeOf(login.value.status).toEqualTypeOf<'signed_in' | 'mfa_required'>();
    // @ts-expect-error a login has a password
    await web.actions.login({ email: 'a' });
  };
  const action = web.action({ aal: 2 }, async (me, form: FormData) => {
    expectTypeOf(me).toEqualTypeOf<Identity<Profile, 2>>();
    return form.has('x');
  });
  expectTypeOf(action).returns.resolves.toEqualTypeOf<Answered<boolean>>();
  const route = web.route({}, (request, me, extra: { readonly params: Promise<{ readonly id: string }> }) => {
    expectTypeOf(request.nextUrl.pathname).toEqualTypeOf<string>();
    expectTypeOf(extra.params).resolves.toEqualTypeOf<{ readonly id: string }>();
    return Response.json(me.user.profile.name);
  });
  // Made when it is asked for: a build loads this module without its secrets.
  expect([typeof page, typeof action, typeof route]).toEqual(['function', 'function', 'function']);
});
