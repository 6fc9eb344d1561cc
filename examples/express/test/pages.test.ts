import { describe, expect, it } from 'vitest';
import { isSkipped, picture } from '../../../tools/testing/browser.ts';
import { client, goodPassword } from './client.ts';
import {
  becomeMember,
  email,
  field,
  heading,
  look,
  minutes,
  press,
  registerWith,
  says,
  signInWith,
  stage,
} from './stage.ts';

describe.skipIf(isSkipped)('the pages in a browser', () => {
  const { demo, clock, visit } = stage();

  it('can be used by keyboard alone', async () => {
    const { page } = await visit('/');
    await becomeMember(page);
    await press(page, 'Sign out');
    await says(page, 'You are signed out.');
    await page.reload();
    await heading(page, 'Sign in');
    await page.keyboard.press('Tab');
    await page.keyboard.type(email);
    await page.keyboard.press('Tab');
    await page.keyboard.type(goodPassword);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    expect(await field(page, 'Password').getAttribute('type')).toBe('text');
    expect(await field(page, 'Password').inputValue()).toBe(goodPassword);
    await picture(page, '30-shown-password-focus');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await heading(page, 'Your account');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Your account');
  });

  it('fits and is readable on a desk and on a phone, by day and by night', async () => {
    const { page } = await visit('/');
    await heading(page, 'Sign in');
    await look(page, '40-1-sign-in');
    await press(page, 'Create an account');
    await registerWith(page, 'somebody.with.a.rather.long.name@a-long-domain-name.example.com', 'password');
    await says(page, /^Too short/);
    await look(page, '40-2-register');
    await page.goto(demo().origin);
    await becomeMember(page);
    const other = await visit('/');
    await signInWith(other.page, email, goodPassword);
    await heading(other.page, 'Your account');
    clock().advance(minutes(11));
    await page.reload();
    await look(page, '40-3-signed-in');
    await press(page, /^Sign out Chrome on Linux/);
    await heading(page, 'Is it still you?');
    await look(page, '40-4-dialog');
    await page.goto(`${demo().origin}/outbox`);
    await page.getByRole('link', { name: 'Open the link' }).waitFor();
    await look(page, '40-5-outbox');
  });

  it('sends a form once, and never leaves a password in plain sight', async () => {
    const { page } = await visit('/');
    let asked = 0;
    await page.route('**/auth/login', async (route) => {
      asked += 1;
      await new Promise((resolve) => setTimeout(resolve, 300));
      await route.continue();
    });
    await press(page, 'Show password');
    await field(page, 'E-mail address').fill(email);
    await field(page, 'Password').fill(goodPassword);
    expect(await field(page, 'Password').getAttribute('type')).toBe('text');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    expect(await field(page, 'Password').getAttribute('type')).toBe('password');
    await says(page, 'The e-mail address or the password is wrong.');
    expect(asked).toBe(1);
  });

  it('shows a mail as it is sent, above the others and without a reload', async () => {
    const { page } = await visit('/outbox');
    await says(page, /^No mail yet/);
    for (const address of ['first@example.com', 'second@example.com']) {
      await client(demo().origin).post('/auth/register', { email: address, password: goodPassword });
      await says(page, new RegExp(`^To ${address}`));
    }
    expect(await page.getByRole('listitem').allTextContents()).toEqual([
      expect.stringContaining('second@example.com'),
      expect.stringContaining('first@example.com'),
    ]);
  });

  describe('finds words for what a server may answer', () => {
    const problem = (status: number, body: object) => ({
      status,
      contentType: 'application/problem+json',
      body: JSON.stringify({ status, ...body }),
    });

    it('and points at the field or speaks for the form', async () => {
      const { page } = await visit('/');
      const busy = 'The service is busy and did nothing. Try again';
      const sorry = 'Something went wrong on our side. Please try again.';
      const answers = [
        [problem(429, { code: 'rate_limited', retryAfter: 42 }), 'Too many attempts. Try again in 42 seconds.'],
        [problem(429, { code: 'rate_limited', retryAfter: 61 }), 'Too many attempts. Try again in 2 minutes.'],
        [problem(503, { code: 'store_unavailable', retryAfter: 5 }), `${busy} in 5 seconds.`],
        [problem(503, { code: 'busy' }), `${busy} in a moment.`],
        [problem(403, { code: 'account_disabled' }), 'This account is disabled.'],
        [problem(500, { code: 'toString' }), sorry],
        [{ status: 502, contentType: 'text/html', body: '<h1>Bad gateway' }, sorry],
      ] as const;
      for (const [answer, words] of answers) {
        await page.route('**/auth/login', (route) => route.fulfill(answer));
        await signInWith(page, email, goodPassword);
        await says(page, words);
        expect(await page.getByRole('alert').filter({ visible: true }).allTextContents()).toEqual([words]);
        await page.unroute('**/auth/login');
      }
      await signInWith(page, 'nobody', '');
      await says(page, 'This is no e-mail address. It should look like name@example.com.');
      await says(page, 'Please fill this in.');
      expect(await page.evaluate('document.activeElement.id')).toBe('sign-in-email');
    });

    it('and for none at all', async () => {
      const { page } = await visit('/');
      await page.route('**/auth/session', (route) =>
        route.fulfill(problem(503, { code: 'store_unavailable', retryAfter: 5 })),
      );
      await page.reload();
      await heading(page, 'The service does not answer');
      await picture(page, '50-unavailable');
      await page.unroute('**/auth/session');
      await press(page, 'Try again');
      await heading(page, 'Sign in');
    });
  });
});
