import { afterEach, describe, expect, it, vi } from 'vitest';
import { isSkipped, launch, open } from '../../../tools/testing/browser.ts';
import { type MailSettings, openMail } from '../src/mail.ts';
import { type Running, serve } from '../src/serve.ts';
import { client, goodPassword, otherPassword, secrets } from './client.ts';
import { linkTo, type MailServer, mailServer } from './mail-server.ts';

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const mailing = async (): Promise<MailServer> => {
  const server = await mailServer();
  endings.push(server.close);
  return server;
};

/** The demo with a mail server, as `main` starts it. */
const demoOn = async (settings: MailSettings): Promise<Running> => {
  const mail = await openMail(settings);
  const demo = await serve({ port: 0, secrets, mail: mail.notifier });
  endings.push(mail.close, demo.close);
  return demo;
};

const token = (link: string): string => new URL(link).searchParams.get('token') ?? '';

describe('with SMTP_URL', () => {
  it('links arrive by mail, and work: registration, a forgotten password', async () => {
    const server = await mailing();
    const demo = await demoOn({ smtpUrl: server.url, from: undefined });
    const browser = client(demo.origin);
    const email = 'zoe.somebody@example.com';
    expect((await browser.post('/auth/register', { email, password: goodPassword })).status).toBe(202);
    await demo.auth.drain();
    const confirm = linkTo(server, email);
    expect(confirm.startsWith(`${demo.origin}/verify?token=`)).toBe(true);
    expect((await fetch(confirm)).status).toBe(200);
    expect((await browser.post('/auth/verify-email', { token: token(confirm) })).status).toBe(204);

    expect((await browser.post('/auth/forgot-password', { email })).status).toBe(202);
    await demo.auth.drain();
    const reset = linkTo(server, email);
    expect(reset.startsWith(`${demo.origin}/reset?token=`)).toBe(true);
    const body = { token: token(reset), password: otherPassword };
    expect((await browser.post('/auth/reset-password', body)).status).toBe(204);
    expect((await browser.post('/auth/login', { email, password: otherPassword })).status).toBe(200);
    await demo.auth.drain();
    expect(server.letters.map(({ to }) => to)).toEqual([[email], [email], [email]]);
    expect(server.letters[0]?.from).toBe('Sallyport demo <no-reply@example.com>');
  });

  it('there is no outbox, and nothing is kept for one', async () => {
    const server = await mailing();
    const demo = await demoOn({ smtpUrl: server.url, from: 'Ours <ours@example.org>' });
    await client(demo.origin).post('/auth/register', { email: 'a@example.com', password: goodPassword });
    await demo.auth.drain();
    expect(server.letters.map(({ from }) => from)).toEqual(['Ours <ours@example.org>']);
    expect(demo.outbox.mails()).toEqual([]);
    for (const path of ['/outbox', '/outbox.json', '/OUTBOX.json', '/outbox/']) {
      const answer = await fetch(demo.origin + path);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
    }
    for (const path of ['/', '/verify', '/reset', '/change-email', '/revert-email']) {
      expect(await (await fetch(demo.origin + path)).text()).toContain('<html data-mail="sent"');
    }
  });

  it.skipIf(isSkipped)('no page speaks of the outbox or shows a way to it', async () => {
    const server = await mailing();
    const demo = await demoOn({ smtpUrl: server.url, from: undefined });
    const browser = await launch();
    endings.push(() => browser.close());
    const { page, faults } = await open(browser);
    const silent = async (): Promise<void> => {
      expect(
        await page
          .getByText(/outbox|leaves this computer/i)
          .filter({ visible: true })
          .count(),
      ).toBe(0);
    };
    for (const path of ['/', '/verify', '/reset', '/change-email', '/revert-email']) {
      await page.goto(demo.origin + path);
      await page.getByRole('heading').first().waitFor();
      await silent();
    }
    await page.goto(demo.origin);
    for (const [opener, heading] of [
      ['Create an account', 'Create an account'],
      ['Sign in', 'Sign in'],
      ['Forgot your password?', 'Forgot your password?'],
    ] as const) {
      await page.getByRole('button', { name: opener, exact: true }).first().click();
      await page.getByRole('heading', { name: heading, exact: true }).waitFor();
      await silent();
    }
    await page.getByLabel('E-mail address', { exact: true }).filter({ visible: true }).fill('a@example.com');
    await page.getByRole('button', { name: 'Send a link' }).click();
    await page.getByRole('heading', { name: 'Check your mail' }).waitFor();
    await silent();
    expect(faults).toEqual([]);
  });

  it('a mail that is not accepted is a line at the terminal, without the address or the link', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const server = await mailServer();
    const demo = await demoOn({ smtpUrl: server.url, from: undefined });
    await server.close();
    const body = { email: 'lost@example.com', password: goodPassword };
    expect((await client(demo.origin).post('/auth/register', body)).status).toBe(202);
    await demo.auth.drain();
    expect(log.mock.calls).toEqual([['a mail was not sent: verify_email, mail_unreachable']]);
    log.mockRestore();
  });

  it('closing waits for nobody new: what comes later is refused', async () => {
    const server = await mailing();
    const { notifier, close } = await openMail({ smtpUrl: server.url, from: undefined });
    await close();
    const late = {
      type: 'email_code',
      to: 'a@example.com',
      userId: null,
      locale: null,
      code: '1',
      expiresAt: 0,
    } as const;
    await expect(notifier?.send(late)).rejects.toMatchObject({ code: 'mail_closed' });
    expect(server.letters).toEqual([]);
  });

  it.each([
    [{ smtpUrl: 'http://hunter2@127.0.0.1', from: undefined }, /^RangeError: SMTP_URL: It is no smtp:/],
    [
      { smtpUrl: 'smtp://ann:hunter2@127.0.0.1:1', from: undefined },
      /^RangeError: SMTP_URL names no server that takes our mail: the mail server could not be reached/,
    ],
    [
      { smtpUrl: 'smtp://127.0.0.1:1', from: 'a@b, hunter2@d' },
      /^RangeError: MAIL_FROM: It is not one plain address\./,
    ],
  ])('what is wrong is one line without the value: %o', async (settings, line) => {
    const failure = String(await openMail(settings).catch((error: unknown) => error));
    expect(failure).toMatch(line);
    expect(failure).not.toMatch(/\n|hunter2/);
  });
});

it.each([undefined, ''])('without SMTP_URL (%j) mails go to the outbox', async (smtpUrl) => {
  const mail = await openMail({ smtpUrl, from: 'nonsense' });
  expect([mail.notifier, mail.where]).toEqual([null, 'to the outbox']);
  await mail.close();
});
