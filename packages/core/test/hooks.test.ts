import { describe, expect, it } from 'vitest';
import type { AuthProblem, HookInput } from '../src/index.ts';
import { goodPassword, otherPassword, tally, world } from './harness.ts';

const known = 'known@example.org';
const unknown = 'unknown@example.org';

describe('beforeRegister', () => {
  it('ENUM-12: a refusal is the same for known and unknown, and costs the same: one take', async () => {
    let refusing = false;
    const w = world({ hooks: { beforeRegister: async () => (refusing ? 'domain_blocked' : null) } });
    await w.confirmed(known);
    const pending = 'pending@example.org';
    await w.browser().post('/register', { email: pending, password: goodPassword });
    await w.auth.drain();
    refusing = true;
    w.log.length = 0;
    w.outbox.length = 0;
    w.events.length = 0;
    const answers: unknown[] = [];
    for (const email of [known, unknown, pending]) {
      const { status, body, headers, cookies } = await w
        .browser()
        .post('/register', { email, password: otherPassword });
      answers.push({ status, body: { ...body, requestId: null }, names: [...headers.keys()], cookies });
    }
    await w.auth.drain();
    expect(answers[0]).toMatchObject({
      status: 403,
      body: { code: 'registration_closed', detail: 'domain_blocked' },
      cookies: [],
    });
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
    expect([w.log, w.outbox, w.events]).toEqual([['limits.take', 'limits.take', 'limits.take'], [], []]);
  });

  it('ENUM-12: is asked alike for known and unknown, before anything is looked up', async () => {
    const asked: HookInput[] = [];
    const log: string[][] = [];
    const w = world({
      hooks: {
        beforeRegister: async (input) => {
          asked.push(input);
          log.push([...w.log]);
          return null;
        },
      },
    });
    await w.confirmed(known);
    asked.length = 0;
    for (const email of [known, unknown]) {
      w.log.length = 0;
      await w.browser('192.0.2.1').post('/register', { email: email.toUpperCase(), password: goodPassword });
      await w.auth.drain();
    }
    const client = { ip: '192.0.2.1', agent: 'test' };
    expect(asked).toEqual([known, unknown].map((loginKey) => ({ loginKey, userId: null, profile: {}, client })));
    expect(log.slice(-2)).toEqual([['limits.take'], ['limits.take']]);
  });

  it('is not asked about input that is none, and its word reaches api and form alike', async () => {
    const asked: unknown[] = [];
    const w = world({
      hooks: {
        beforeRegister: async (input) => {
          asked.push(input);
          return 'not_today';
        },
      },
    });
    await w.browser().post('/register', { email: 'x', password: goodPassword });
    expect(asked).toEqual([]);
    const thrown = await w.auth.api
      .register({ email: known, password: goodPassword }, new Headers())
      .catch((error: unknown) => error);
    expect((thrown as AuthProblem).problem).toMatchObject({
      code: 'registration_closed',
      detail: 'not_today',
      status: 403,
    });
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = new URLSearchParams({ email: known, password: goodPassword }).toString();
    const headers = { ...form, 'sec-fetch-site': 'same-origin' };
    const response = await w.auth.handle(
      new Request('https://app.example.com/auth/register', { method: 'POST', headers, body }),
    );
    expect(response.headers.get('location')).toBe('https://app.example.com/auth/error?code=registration_closed');
    expect(w.log).toEqual([]);
  });
});

describe('beforeSession', () => {
  const refusing = (word: () => string | null) => {
    const asked: HookInput[] = [];
    const w = world({
      hooks: {
        beforeSession: async (input) => {
          asked.push(input);
          return word();
        },
      },
    });
    return { w, asked };
  };

  it('ENUM-04: refuses only whoever proved the password; to all others it does not exist', async () => {
    const { w, asked } = refusing(() => 'maintenance');
    await w.confirmed(known);
    const wrong = await w.browser().post('/login', { email: known, password: otherPassword });
    const nobody = await w.browser().post('/login', { email: unknown, password: otherPassword });
    expect([wrong.status, wrong.body.code, { ...wrong.body, requestId: null }]).toEqual([
      401,
      'invalid_credentials',
      { ...nobody.body, requestId: null },
    ]);
    expect(asked).toEqual([]);
    const right = await w.browser().post('/login', { email: known, password: goodPassword });
    expect([right.status, right.body.code, right.body.detail, right.cookies]).toEqual([
      403,
      'account_disabled',
      'maintenance',
      [],
    ]);
    const user = await w.stores.users.findByLoginKey(known);
    expect(asked).toEqual([
      { loginKey: known, userId: user?.id, profile: {}, client: { ip: '198.51.100.7', agent: 'test' } },
    ]);
    await w.auth.drain();
    expect(tally(w.log)['session.create']).toBeUndefined();
    expect(w.events.filter(({ name }) => name === 'login.failed').at(-1)).toMatchObject({
      code: 'account_disabled',
      userId: user?.id,
    });
  });

  it('leaves the session alone that the browser came with', async () => {
    let word: string | null = null;
    const { w } = refusing(() => word);
    const browser = await w.signedIn(known);
    word = 'maintenance';
    expect((await browser.post('/login', { email: known, password: goodPassword })).status).toBe(403);
    expect((await w.auth.authenticate(browser.headers()))?.user.email).toBe(known);
  });

  it('is not asked about an account that is refused anyway, nor about a session that goes on', async () => {
    const { w, asked } = refusing(() => null);
    await w.browser().post('/register', { email: unknown, password: goodPassword });
    await w.auth.drain();
    await w.browser().post('/login', { email: unknown, password: goodPassword });
    expect(asked).toEqual([]);
    const browser = await w.signedIn(known);
    expect(asked).toHaveLength(1);
    await browser.post('/step-up', { password: goodPassword });
    await browser.post('/change-password', { current: goodPassword, password: otherPassword });
    await browser.get('/session');
    expect(asked).toHaveLength(1);
  });

  it('MFA-08: in mode open a registration is a session too', async () => {
    const w = world({ registration: 'open', hooks: { beforeSession: async () => 'waiting_list' } });
    const answer = await w.browser().post('/register', { email: known, password: goodPassword });
    expect([answer.status, answer.body.code, answer.body.detail, answer.cookies]).toEqual([
      403,
      'account_disabled',
      'waiting_list',
      [],
    ]);
    expect(tally(w.log)['session.create']).toBeUndefined();
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('marker-7');
      },
    ],
    ['rejects', () => Promise.reject(new Error('marker-7'))],
  ])('INJ-13: one that %s is 500 internal, no session, and half of nothing', async (_, hook) => {
    const w = world({ hooks: { beforeSession: hook as () => Promise<null> } });
    await w.confirmed(known);
    const answer = await w.browser().post('/login', { email: known, password: goodPassword });
    expect([answer.status, answer.body.code, JSON.stringify(answer.body).includes('marker-7')]).toEqual([
      500,
      'internal',
      false,
    ]);
    await w.auth.drain();
    expect(tally(w.log)['session.create']).toBeUndefined();
    expect(w.events.filter(({ name }) => name === 'login.succeeded')).toEqual([]);
  });
});
