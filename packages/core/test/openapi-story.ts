import { goodPassword, origin, otherPassword, type TestAnswer, type World } from './harness.ts';
import { begin, callback, linkAt, signInAt } from './oauth.ts';
import type { TestProvider } from './oauth-provider.ts';
import { appOf, stepMs } from './second-factor.ts';
import { bearer, program } from './tokens.ts';

const must = (answer: TestAnswer, status: number): TestAnswer => {
  if (answer.status !== status)
    throw new Error(`${answer.status} in the place of ${status}: ${JSON.stringify(answer.body)}`);
  return answer;
};

/** An account from its beginning to its end in a browser: every operation succeeds once. */
const inBrowser = async (w: World, provider: TestProvider): Promise<void> => {
  const [email, later] = ['ada@example.com', 'lovelace@example.com'];
  const browser = w.browser();
  must(await browser.post('/register', { email, password: goodPassword, profile: { name: 'Ada' } }), 202);
  must(await browser.post('/verify-email/send', { email }), 202);
  await w.auth.drain();
  must(await browser.post('/verify-email', { token: w.tokenFor(email) }), 204);
  must(await browser.get('/session'), 200);
  must(await browser.post('/login', { email, password: goodPassword }), 200);
  must(await browser.get('/session'), 200);
  must(await browser.post('/change-password', { current: goodPassword, password: otherPassword }), 204);
  must(await browser.post('/step-up', { password: otherPassword }), 200);

  must(await browser.post('/change-email', { email: later }), 202);
  await w.auth.drain();
  must(await browser.post('/change-email/confirm', { token: w.tokenFor(later, 'change_email') }), 204);
  await w.auth.drain();
  must(await browser.post('/change-email/revert', { token: w.tokenFor(email, 'email_changed') }), 204);
  must(await browser.post('/forgot-password', { email }), 202);
  await w.auth.drain();
  const reset = w.tokenFor(email, 'reset_password');
  must(await browser.post('/reset-password', { token: reset, password: goodPassword }), 204);

  must(await browser.post('/login', { email, password: goodPassword }), 200);
  const other = w.browser();
  must(await other.post('/login', { email, password: goodPassword, transport: 'token' }), 200);
  must(await other.post('/refresh'), 200);
  const listed = must(await browser.get('/sessions'), 200).body.sessions as { id: string; current: boolean }[];
  must(await browser.delete(`/sessions/${listed.find(({ current }) => !current)?.id}`), 204);

  const app = appOf(w, must(await browser.post('/mfa/totp', { label: 'Phone' }), 201));
  must(await browser.post(`/mfa/totp/${app.id}/confirm`, { code: app.code() }), 200);
  w.clock.advance(2 * stepMs);
  must(await browser.get('/mfa'), 200);
  must(await browser.post(`/mfa/${app.id}`, { label: 'Old phone' }), 204);
  must(await browser.post('/mfa/recovery-codes'), 200);
  const half = must(await w.browser().post('/login', { email, password: goodPassword }), 200).body;
  must(
    await w.browser().post('/login/mfa', { challenge: half.challenge, method: 'totp', code: app.code(), trust: true }),
    200,
  );
  w.clock.advance(2 * stepMs);
  must(await browser.post('/step-up', { method: 'totp', code: app.code() }), 200);
  must(await browser.delete(`/mfa/${app.id}`), 204);

  must(await browser.post('/step-up', { password: goodPassword }), 200);
  provider.user = { sub: 'ada', email: 'ada@corp.example', email_verified: true };
  if ((await linkAt(browser, provider)) !== 'ok') throw new Error('the account was not linked');
  const [linked] = must(await browser.get('/accounts'), 200).body.accounts;
  must(await callback(w.browser(), provider.approve(await begin(w.browser()))), 303);
  if ((await signInAt(w.browser(), provider)) !== 'ok') throw new Error('nobody was signed in');
  must(await browser.delete(`/accounts/${linked.id}`), 204);
  must(await browser.post('/logout'), 204);
  must(await browser.post('/login', { email, password: goodPassword }), 200);
  must(await browser.delete('/account'), 204);
};

/** What a program is answered with tokens, where a browser gets a cookie. */
const inProgram = async (w: World, provider: TestProvider): Promise<void> => {
  const [email, later] = ['cli@corp.example', 'program@example.com'];
  await w.confirmed(email);
  provider.user = { sub: 'cli', email, email_verified: true };
  const browser = w.browser();
  must(await browser.post('/login', { email, password: goodPassword }), 200);
  if ((await linkAt(browser, provider)) !== 'ok') throw new Error('the account was not linked');
  const cli = program(w.auth);
  /** Whose session goes on in a new one is asked for an `Origin`, whatever it carries. */
  const drop = async (path: string): Promise<TestAnswer> => {
    const answer = await cli.send('DELETE', path, undefined, { ...bearer(cli.accessToken), origin });
    Object.assign(cli, answer.body);
    return answer;
  };
  must(await cli.login(email, { clientId: 'cli' }), 200);
  must(await cli.ask('GET', '/session'), 200);
  must(await cli.send('POST', '/refresh', { refreshToken: cli.refreshToken, clientId: 'cli' }), 200);
  must(await cli.login(email), 200);
  const [linked] = must(await cli.ask('GET', '/accounts'), 200).body.accounts;
  must(await drop(`/accounts/${linked.id}`), 200);
  const app = appOf(w, must(await cli.ask('POST', '/mfa/totp', {}), 201));
  must(await cli.ask('POST', `/mfa/totp/${app.id}/confirm`, { code: app.code() }), 200);
  w.clock.advance(2 * stepMs);
  must(await drop(`/mfa/${app.id}`), 200);
  must(await cli.ask('POST', '/step-up', { password: goodPassword }), 200);
  must(await cli.ask('POST', '/change-password', { current: goodPassword, password: otherPassword }), 200);
  must(await cli.ask('POST', '/change-email', { email: later }), 202);
  await w.auth.drain();
  const token = w.tokenFor(later, 'change_email');
  must(await cli.ask('POST', '/change-email/confirm', { token }), 200);
  must(await cli.send('POST', '/revoke', { refreshToken: cli.refreshToken }), 204);
  must(await cli.send('GET', '/jwks.json'), 200);
};

/** Every operation, as often as it has ways to succeed. */
export const story = async (w: World, provider: TestProvider): Promise<void> => {
  await inBrowser(w, provider);
  await inProgram(w, provider);
};
