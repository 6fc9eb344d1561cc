import { describe, expect, it } from 'vitest';
import { application, type Change, origin } from '../mutants/app.ts';
import { answering, at, bodyOf, pathOf, sessionOf, withJson } from '../mutants/wrap.ts';
import { attacks, inProcess, type Profile, type Result, sallyport, type Target, tryAttack } from '../src/index.ts';
import { mailbox } from '../src/mailbox.ts';

const good = sallyport({ totp: true });

const run = (id: string, { profile = good, target }: { readonly profile?: Profile; readonly target: () => Target }) => {
  const attack = attacks.find((one) => one.id === id);
  if (attack === undefined) throw new Error(`no attack ${id}`);
  return tryAttack(attack, { profile, target });
};

const told = ({ verdict, detail }: Result): string => `${verdict}: ${detail}`;
const changed = (change: Change) => () => application(change);

/** Applications that do it otherwise than ours, and as well. */
describe('what is good in another way is no finding', () => {
  it('the time in an answer to a registration', async () => {
    let answers = 0;
    const target = changed({
      wrap: answering('/register', (response) => {
        answers += 1;
        return withJson(response, (json) => ({ ...json, updatedAt: new Date(answers * 1_000).toISOString() }));
      }),
    });
    expect(told(await run('ENUM-01', { target }))).toMatch(/^held: /);
    const tells = changed({
      wrap: answering('/register', (response) => {
        answers += 1;
        return withJson(response, (json) => ({ ...json, since: answers % 2 === 0 ? 'today' : 'yesterday' }));
      }),
    });
    expect(told(await run('ENUM-01', { target: tells }))).toMatch(/^finding: /);
  });

  it('an outbox that is the list which goes on growing', async () => {
    const mails = [{ to: 'somebody@attacks.example' }];
    const box = mailbox({ ...application(), mails: async () => mails }, { parameter: 'token', paths: [] });
    const seen = await box.since(null);
    mails.push({ to: 'somebody-else@attacks.example' });
    expect(seen).toHaveLength(1);
    expect(await box.since(null)).toHaveLength(2);
  });

  it('a link whose path holds the token', async () => {
    const target = (): Target => {
      const inner = application();
      const mails = async () =>
        ((await inner.mails?.()) ?? []).map(({ to, url }) => {
          const token = url?.includes('/reset-password') ? new URL(url).searchParams.get('token') : null;
          return token === null ? { to, url: url ?? null } : { to, url: `${origin}/new-password/${token}/now` };
        });
      return { ...inner, mails };
    };
    expect(told(await run('TOK-23', { target }))).toMatch(/^inconclusive: no mail to .* holds a link with/);
    const profile = { ...good, tokenPaths: ['/elsewhere/{token}', '/new-password/{token}/now'] };
    expect(told(await run('TOK-23', { profile, target }))).toMatch(/^held: /);
    const short = { ...good, tokenPaths: ['/new-password/{token}'] };
    expect(told(await run('TOK-23', { profile: short, target }))).toMatch(
      /^inconclusive: no mail to .* holds a link with/,
    );
  });

  it('a confirmation by GET, which takes no body', async () => {
    const steps = { ...good.steps, confirm: { method: 'GET', path: '/auth/click?token={token}' } };
    const target = changed({
      wrap: (inner) => (request, peer) => {
        if (pathOf(request) !== '/click') return inner(request, peer);
        const token = new URL(request.url).searchParams.get('token');
        const headers = { ...Object.fromEntries(request.headers), 'content-type': 'application/json', origin };
        const body = JSON.stringify({ token });
        return inner(new Request(`${origin}/auth/verify-email`, { method: 'POST', headers, body }), peer);
      },
    });
    for (const id of ['INJ-07', 'INJ-17', 'INJ-10'])
      expect(told(await run(id, { profile: { ...good, steps }, target }))).toMatch(/^held: /);
  });

  it('a list of sessions that is refused to a session that was left open', async () => {
    const begun = new Map<string, number>();
    let refusals = 0;
    const target = changed({
      wrap: (inner, app) => async (request, peer) => {
        const session = sessionOf(request);
        if (!begun.has(session)) begun.set(session, app.now());
        const isOld = app.now() - (begun.get(session) ?? 0) > 600_000;
        if (!isOld || pathOf(request) !== '/sessions' || request.method !== 'GET') return inner(request, peer);
        refusals += 1;
        return new Response(null, { status: 403 });
      },
    });
    expect(told(await run('SES-44', { target }))).toMatch(/^held: /);
    // It is not asked for: the list comes from a session of now.
    expect(refusals).toBe(0);
  });

  it('an enrolment that asks for the password, answers with a key URI and shows the codes at once', async () => {
    const steps = {
      ...good.steps,
      enrol: { method: 'POST', path: '/auth/mfa/totp', body: { password: '{password}' } },
    };
    const secondFactor = { due: { status: 200, has: 'challenge' }, secret: 'uri', recoveryCodes: 'codes' };
    const codes = Array.from({ length: 10 }, (_, i) => `${i}bcDe-fgHij${i}`);
    const target = changed({
      options: { session: { stepUpWindow: 86_400_000 } },
      wrap: (inner, app) => {
        const asked = at('/mfa/totp', async (request, peer, handle) => {
          const { password } = await bodyOf(request);
          if (typeof password !== 'string') return new Response(null, { status: 400 });
          const bare = new Request(request.url, { method: 'POST', headers: request.headers, body: '{}' });
          return withJson(await handle(bare, peer), ({ secret, ...rest }) => ({
            ...rest,
            codes,
            uri: `otpauth://totp/x?secret=${secret}&issuer=x`,
          }));
        });
        return asked(inner, app);
      },
    });
    const profile = { ...good, steps, secondFactor };
    for (const id of ['MFA-01', 'MFA-10', 'MFA-14', 'MFA-24'])
      expect(`${id} ${told(await run(id, { profile, target }))}`).toMatch(/^MFA-\d+ held: /);
  });

  it('a form whose refusal is a redirect, too', async () => {
    const login = { method: 'POST', path: '/auth/login', body: { email: '{email}', password: '{password}' } };
    const wrap: Change['wrap'] = at('/login', async (request, peer, inner) => {
      const response = await inner(request, peer);
      const location = response.ok ? `${origin}/home` : '/signin?error=1';
      const led = new Response(null, { status: 303, headers: { location } });
      for (const line of response.headers.getSetCookie()) led.headers.append('set-cookie', line);
      return led;
    });
    const profile = { ...good, steps: { ...good.steps, login: { ...login, ok: { status: 303, leadsTo: '/home' } } } };
    expect(told(await run('CSRF-01', { profile, target: changed({ wrap }) }))).toMatch(/^held: /);
    const blind = { ...good, steps: { ...good.steps, login: { ...login, ok: { status: 303 } } } };
    expect(told(await run('CSRF-01', { profile: blind, target: changed({ wrap }) }))).not.toMatch(/^held: /);
  });

  it('a handler without a clock, hashes or mails is judged by what it shows', async () => {
    const bare = (): Target => inProcess({ origin, handle: () => new Response(null, { status: 404 }) });
    expect(told(await run('SES-09', { target: bare }))).toMatch(/^inconclusive: /);
  });
});
