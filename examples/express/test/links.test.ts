import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Running } from '../src/serve.ts';
import { type Client, client, goodPassword, member, newestToken, otherPassword, startDemo } from './client.ts';

let demo: Running;
beforeAll(async () => {
  demo = await startDemo();
});
afterAll(() => demo.close());

/** What mail scanners, previews and impatient people do to a link, with the cookies of whoever is signed in too. */
const handle = async (page: string, browser: Client): Promise<void> => {
  const link = `${demo.origin}${page}?token=${newestToken(demo)}`;
  expect(demo.outbox.mails().findLast((mail) => mail.url !== undefined)?.url).toBe(link);
  for (const method of ['GET', 'HEAD', 'GET', 'GET']) {
    const opened = await fetch(link, { method });
    expect([opened.status, opened.headers.getSetCookie()]).toEqual([200, []]);
    expect(opened.headers.get('referrer-policy')).toBe('no-referrer');
    expect(opened.headers.get('cache-control')).toBe('no-store');
    expect(await opened.text()).not.toContain(newestToken(demo));
  }
  expect((await browser.get(link.slice(demo.origin.length))).headers.getSetCookie()).toEqual([]);
};

const status = async (answer: Promise<Response>): Promise<number> => (await answer).status;
const addressOf = async (browser: Client): Promise<unknown> =>
  ((await (await browser.get('/api/profile')).json()) as { user?: { email: string } }).user?.email;

describe('a link that is opened, however often, changes nothing and still works once', () => {
  it('to choose a new password', async () => {
    const email = 'ann@example.com';
    const ann = await member(demo, email);
    expect(await status(client(demo.origin).post('/auth/forgot-password', { email }))).toBe(202);
    await demo.auth.drain();
    await handle('/reset', ann);
    expect(await addressOf(ann)).toBe(email);
    const body = { token: newestToken(demo), password: otherPassword };
    const phone = client(demo.origin);
    expect(await status(phone.post('/auth/reset-password', { ...body, password: 'short' }))).toBe(422);
    expect(await status(phone.post('/auth/reset-password', body))).toBe(204);
    expect(await status(phone.post('/auth/reset-password', body))).toBe(400);
    expect(await addressOf(ann)).toBeUndefined();
    expect(await status(ann.post('/auth/login', { email, password: goodPassword }))).toBe(401);
    expect(await status(ann.post('/auth/login', { email, password: otherPassword }))).toBe(200);
  });

  it('to confirm another address, and the way back', async () => {
    const ben = await member(demo, 'ben@example.com');
    expect(await status(ben.post('/auth/change-email', { email: 'ben@new.example.com' }))).toBe(202);
    await demo.auth.drain();
    await handle('/change-email', ben);
    expect(await addressOf(ben)).toBe('ben@example.com');
    const token = newestToken(demo);
    expect(await status(client(demo.origin).post('/auth/change-email/confirm', { token }))).toBe(401);
    expect(await status(ben.post('/auth/change-email/confirm', { token }))).toBe(204);
    expect(await status(ben.post('/auth/change-email/confirm', { token }))).toBe(400);
    expect(await addressOf(ben)).toBe('ben@new.example.com');

    await demo.auth.drain();
    expect(demo.outbox.mails().at(-1)).toMatchObject({ type: 'email_changed', to: 'ben@example.com' });
    await handle('/revert-email', ben);
    expect(await addressOf(ben)).toBe('ben@new.example.com');
    const back = { token: newestToken(demo) };
    expect(await status(client(demo.origin).post('/auth/change-email/revert', back))).toBe(204);
    expect(await status(client(demo.origin).post('/auth/change-email/revert', back))).toBe(400);
    expect(await addressOf(ben)).toBeUndefined();
    await demo.auth.drain();
    expect(demo.outbox.mails().findLast((mail) => mail.url !== undefined)).toMatchObject({
      type: 'reset_password',
      to: 'ben@example.com',
    });
  });
});

it('a forgotten password is answered alike whoever it is about', async () => {
  await member(demo, 'cat@example.com');
  const before = demo.outbox.mails().length;
  const [known, unknown] = await Promise.all(
    ['cat@example.com', 'nobody@example.com'].map(async (email) => {
      const answer = await client(demo.origin).post('/auth/forgot-password', { email });
      return { status: answer.status, body: await answer.text(), cookies: answer.headers.getSetCookie() };
    }),
  );
  expect(known).toEqual(unknown);
  await demo.auth.drain();
  expect(demo.outbox.mails().slice(before)).toMatchObject([{ to: 'cat@example.com', type: 'reset_password' }]);
});
