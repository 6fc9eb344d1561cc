import { describe, expect, it } from 'vitest';
import { type AuthEvent, AuthProblem } from '../src/index.ts';
import { goodPassword, origin, otherPassword, type World, world } from './harness.ts';
import { mfaWorld, withFactor } from './second-factor.ts';
import { tokenWorld } from './tokens.ts';

const alice = 'alice@example.org';

const words = (events: readonly AuthEvent[]): string[] => events.map(({ name, code }) => `${name}: ${code}`);
const userIdOf = async (w: World): Promise<string> => (await w.stores.users.findByLoginKey(alice))?.id ?? '';

describe('ASVS 16.3.2: of access that was refused', () => {
  const late = 11 * 60_000;

  it('by a route, once and with what is missing', async () => {
    const w = world();
    const browser = await w.signedIn(alice);
    const userId = await userIdOf(w);
    w.clock.advance(late);
    w.events.length = 0;
    const answer = await browser.delete('/account');
    await w.auth.drain();
    expect([answer.status, answer.body.code]).toEqual([403, 'step_up_required']);
    const told = w.events.filter(({ name }) => name !== 'session.touched');
    expect(told).toEqual([
      {
        name: 'access.refused',
        at: w.clock.now(),
        userId,
        requestId: answer.body.requestId,
        outcome: 'failure',
        code: 'step_up_required',
        client: { ip: '198.51.100.7', agent: 'test' },
        data: answer.body.need,
      },
    ]);
  });

  it('by an operation of server code', async () => {
    const w = world();
    const browser = await w.signedIn(alice);
    w.clock.advance(late);
    w.events.length = 0;
    await expect(w.auth.api.deleteAccount({}, browser.headers(), { peer: '192.0.2.1' })).rejects.toThrow();
    await w.auth.drain();
    expect(words(w.events)).toContain('access.refused: step_up_required');
  });

  it('by require, with the request that the problem names', async () => {
    const w = world();
    const browser = await w.signedIn(alice);
    const userId = await userIdOf(w);
    w.events.length = 0;
    const asked = w.auth.require(browser.headers(), { aal: 2 }, { peer: '192.0.2.1' });
    const problem = await asked.catch((error: unknown) => error);
    if (!(problem instanceof AuthProblem)) throw problem;
    expect(w.events).toMatchObject([
      {
        ...{ name: 'access.refused', userId, code: 'step_up_required', data: { aal: 2 } },
        ...{ requestId: problem.problem.requestId, client: { ip: '192.0.2.1' } },
      },
    ]);
    await w.auth.require(browser.headers(), { aal: 1 });
    await w.auth.require(new Headers()).catch(() => null);
    expect(w.events).toHaveLength(1);
  });

  it('by csrf, with the request that the problem names', async () => {
    const w = world();
    const headers = new Headers({ 'sec-fetch-site': 'cross-site', origin: 'https://evil.com' });
    const asked = w.auth.csrf(new Request(`${origin}/own`, { method: 'POST', headers }), null, { peer: '192.0.2.1' });
    const problem = await asked.catch((error: unknown) => error);
    if (!(problem instanceof AuthProblem)) throw problem;
    expect(w.events).toMatchObject([
      { name: 'csrf.rejected', requestId: problem.problem.requestId, client: { ip: '192.0.2.1' } },
    ]);
    await w.auth.csrf(new Request(`${origin}/own`, { headers }));
    expect(w.events).toHaveLength(1);
  });

  it('by a guard that was told of no peer: which is no sign of a wrong configuration', async () => {
    const w = world();
    const browser = await w.signedIn(alice);
    w.events.length = 0;
    const headers = new Headers({ 'sec-fetch-site': 'cross-site', origin: 'https://evil.com' });
    const csrf = w.auth.csrf(new Request(`${origin}/own`, { method: 'POST', headers }));
    await expect(csrf).rejects.toThrow('csrf_rejected');
    await expect(w.auth.require(browser.headers(), { aal: 2 })).rejects.toThrow('step_up_required');
    expect(words(w.events)).toEqual(['csrf.rejected: csrf_rejected', 'access.refused: step_up_required']);
  });

  it('where a page of another site asks for tokens in a body', async () => {
    const w = tokenWorld();
    w.events.length = 0;
    const headers = new Headers({ origin: 'https://evil.com' });
    const input = { email: alice, password: goodPassword, transport: 'body' } as const;
    await expect(w.auth.api.login(input, headers, { peer: '192.0.2.1' })).rejects.toThrow();
    expect(words(w.events)).toEqual(['csrf.rejected: csrf_rejected']);
  });

  it('and of none where nobody is signed in: a login that is refused is told of as one', async () => {
    const w = mfaWorld();
    await withFactor(w, alice);
    const bare = world({ inner: w.stores, clock: w.clock });
    const login = await bare.browser().post('/login', { email: alice, password: goodPassword });
    expect([login.status, login.body.code]).toEqual([403, 'step_up_required']);
    expect(words(bare.events)).toEqual(['login.failed: step_up_required']);
  });

  it('and of none where the password stands in for a recent sign-in', async () => {
    const w = world();
    const browser = await w.signedIn(alice);
    w.clock.advance(late);
    w.events.length = 0;
    const changed = await browser.post('/change-password', { current: goodPassword, password: otherPassword });
    await w.auth.drain();
    expect(changed.status).toBe(204);
    expect(words(w.events)).not.toContain('access.refused: step_up_required');
  });
});
