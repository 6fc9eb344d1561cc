import { type Mutant, mutant } from './mutant.ts';
import {
  again,
  answer,
  answering,
  at,
  bodyOf,
  credentialOf,
  everywhere,
  type Json,
  mailed,
  own,
  pathOf,
  rewriteCredential,
  somewhere,
  textOf,
  type Wrap,
  withJson,
} from './wrap.ts';

const cookiesOf = (response: Response): readonly string[] => response.headers.getSetCookie();

const signedIn = (cookies: readonly string[]): Response => {
  const response = answer(200, { status: 'signed_in', user: { id: 'x' } });
  for (const line of cookies) response.headers.append('set-cookie', line);
  return response;
};

/** What was accepted once is accepted again. */
const replaying = (isRemembered: (path: string) => boolean): Wrap => {
  return (inner) => {
    const accepted = new Map<string, readonly string[]>();
    return async (request, peer) => {
      const code = textOf((await bodyOf(request))['code']);
      const response = await inner(request.clone(), peer);
      if (response.ok && code !== '' && isRemembered(pathOf(request))) accepted.set(code, cookiesOf(response));
      // Of several at once, the loser waits for what the winner was given.
      if (!response.ok) await new Promise((resolve) => setTimeout(resolve, 30));
      const cookies = accepted.get(code);
      return !response.ok && pathOf(request) === '/login/mfa' && cookies !== undefined ? signedIn(cookies) : response;
    };
  };
};

/** A challenge that has ended is begun anew behind the back of whoever has it. */
const lastingHalves: Wrap = (inner) => {
  const begun = new Map<string, Json>();
  return async (request, peer) => {
    const body = await bodyOf(request);
    const response = await inner(request.clone(), peer);
    if (pathOf(request) === '/login') {
      const { challenge } = (await response.clone().json()) as Json;
      if (typeof challenge === 'string') begun.set(challenge, body);
    }
    const half = begun.get(textOf(body['challenge']));
    if (pathOf(request) !== '/login/mfa' || response.ok || half === undefined) return response;
    const anew = await inner(own('/login', half), somewhere());
    const { challenge } = (await anew.json()) as Json;
    const cookies = anew.headers.getSetCookie().map((line) => line.split(';', 1)[0]);
    return inner(await again(request, { json: { ...body, challenge }, headers: { cookie: cookies.join('; ') } }), peer);
  };
};

const confirming = (path: string): boolean => /^\/mfa\/totp\/[^/]+\/confirm$/.test(path);

const onConfirm = (edit: (codes: readonly string[]) => readonly string[]): Wrap =>
  answering(null, (response, request) =>
    confirming(pathOf(request)) && response.ok
      ? withJson(response, (json) => ({ ...json, recoveryCodes: edit(json['recoveryCodes'] as readonly string[]) }))
      : response,
  );

export const mfa: readonly Mutant[] = [
  mutant('MFA-01', 'a code works as often as it is sent', { wrap: replaying((path) => path === '/login/mfa') }),
  mutant('MFA-22', 'the code of the enrolment is not spent', { wrap: replaying(confirming) }),
  mutant('MFA-23', 'a code is right for ten minutes', {
    wrap: at('/login/mfa', async (request, peer, inner, app) => {
      const response = await inner(request, peer);
      if (response.ok) return response;
      app.advance(-300_000);
      const late = await inner(request, peer);
      app.advance(300_000);
      return late;
    }),
  }),
  mutant('MFA-03', 'of many uses at once, all are told that they won', {
    wrap: replaying((path) => path === '/login/mfa'),
  }),
  mutant('MFA-25', 'of many uses of a recovery code at once, all are told that they won', {
    wrap: replaying((path) => path === '/login/mfa'),
  }),
  mutant('MFA-06', 'the first half of a sign-in never ends', { wrap: lastingHalves }),
  mutant('MFA-02', 'wrong codes are not counted by account', { options: { limits: { mfa_user: { burst: 100_000 } } } }),
  mutant('MFA-05', 'the password step opens a session', {
    wrap: (inner) => {
      let last: readonly string[] = [];
      return async (request, peer) => {
        const response = await inner(request, peer);
        if (confirming(pathOf(request))) last = cookiesOf(response);
        const text = pathOf(request) === '/login' ? await response.clone().text() : '';
        if (text.includes('mfa_required')) for (const line of last) response.headers.append('set-cookie', line);
        return response;
      };
    },
  }),
  mutant('MFA-10', 'an app that is confirmed replaces the others', {
    wrap: everywhere(async (request, peer, inner, app) => {
      const me = confirming(pathOf(request)) ? await app.auth.authenticate(request, { peer }) : null;
      const response = await inner(request, peer);
      const id = pathOf(request).split('/')[3] ?? '';
      if (me !== null && response.ok)
        await rewriteCredential(app, await credentialOf(app, me.user.email), { factors: [id] });
      return response;
    }),
  }),
  mutant('MFA-24', 'enrolling asks for no proof', { options: { session: { stepUpWindow: 86_400_000 } } }),
  mutant('MFA-11', 'a confirmation of nothing is a fault', {
    wrap: everywhere(async (request, peer, inner) =>
      pathOf(request).includes('AAAAAAAAAA') ? answer(500) : inner(request, peer),
    ),
  }),
  mutant('MFA-14', 'there are no recovery codes', { wrap: onConfirm(() => []) }),
  mutant('MFA-14', 'recovery codes have eight digits', {
    wrap: onConfirm((codes) => codes.map((_, i) => String(10_000_000 + i))),
  }),
  mutant('MFA-04', 'a recovery code is not spent', { wrap: replaying((path) => path === '/login/mfa') }),
  mutant('MFA-04', 'one recovery code spends all of them', {
    wrap: (inner) => {
      const used = new Set<string>();
      return async (request, peer) => {
        const { method, code } = await bodyOf(request);
        if (method !== 'recovery_code') return inner(request, peer);
        if (used.size > 0 && !used.has(textOf(code))) return answer(401, { code: 'mfa_code_invalid' });
        used.add(textOf(code));
        return inner(request, peer);
      };
    },
  }),
  mutant('MFA-17', 'a reset removes the second factor', {
    wrap: at('/reset-password', async (request, peer, inner, app) => {
      const email = mailed(app, (await bodyOf(request))['token'])?.to;
      const response = await inner(request, peer);
      if (response.ok) await rewriteCredential(app, await credentialOf(app, email), { factors: [] });
      return response;
    }),
  }),
  mutant('ENUM-10', 'a code is asked for before the password is known to be right', {
    wrap: at('/login', async (request, peer, inner, app) => {
      const factors = (await credentialOf(app, (await bodyOf(request))['email']))?.factors ?? [];
      const response = await inner(request, peer);
      return response.ok || factors.length === 0 ? response : answer(200, { status: 'mfa_required', challenge: 'x' });
    }),
  }),
];
