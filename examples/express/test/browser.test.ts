import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { isSkipped, picture } from '../../../tools/testing/browser.ts';
import { goodPassword, newestToken, otherPassword } from './client.ts';
import {
  becomeMember,
  email,
  field,
  follow,
  heading,
  minutes,
  press,
  registerWith,
  says,
  signInWith,
  stage,
} from './stage.ts';

describe.skipIf(isSkipped)('a person with a browser', () => {
  const { demo, clock, visit } = stage();

  it('tells the whole story', async () => {
    const { page, refusals } = await visit('/');
    await heading(page, 'Sign in');
    await picture(page, '01-sign-in');

    await press(page, 'Create an account');
    await heading(page, 'Create an account');
    await registerWith(page, email, 'too short');
    await says(page, /^Too short/);
    expect(await field(page, 'Password').getAttribute('aria-invalid')).toBe('true');
    await picture(page, '02-weak-password');
    await registerWith(page, email, goodPassword);
    await heading(page, 'Check your mail');
    await says(page, email);
    await picture(page, '03-check-your-mail');
    expect(refusals()).toEqual(['422 POST /auth/register']);

    await press(page, 'Sign in');
    await signInWith(page, email, goodPassword);
    await says(page, /^Confirm your e-mail address first/);
    await press(page, 'Send the link again');
    await says(page, /a new link is on its way/);
    await picture(page, '04-unverified');
    expect(refusals()).toEqual(['403 POST /auth/login']);

    await follow(page, 'Outbox');
    await heading(page, 'Outbox');
    const links = page.getByRole('link', { name: 'Open the link' });
    await links.nth(1).waitFor();
    await picture(page, '05-outbox');
    // Newest first: the second is the one that this browser asked for by registering.
    await links.nth(1).click();
    await heading(page, 'Confirm your address');
    expect(page.url()).toBe(`${demo().origin}/verify`);
    await picture(page, '06-confirm');
    await press(page, 'Confirm my address');
    await heading(page, 'Your address is confirmed');
    await picture(page, '07-confirmed');
    expect(refusals()).toEqual([]);

    await follow(page, 'Go to the sign-in');
    await signInWith(page, email, 'not my password');
    await says(page, 'The e-mail address or the password is wrong.');
    await picture(page, '08-wrong-password');
    await signInWith(page, email, goodPassword);
    await heading(page, 'Your account');
    await says(page, `${email} (confirmed)`);
    expect(refusals()).toEqual(['401 POST /auth/login']);

    clock().advance(minutes(11));
    const other = await visit('/', {
      userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Safari/604.1',
    });
    await signInWith(other.page, email, goodPassword);
    await heading(other.page, 'Your account');
    await page.reload();
    const sessions = page.getByRole('list').getByRole('listitem');
    await sessions.nth(1).waitFor();
    expect(await sessions.count()).toBe(2);
    expect(await sessions.nth(0).textContent()).toMatch(/^Chrome on LinuxThis browserSigned in/);
    expect(await sessions.nth(1).textContent()).toMatch(
      /^Safari on iPhoneLast active just now, signed in just now from this computer/,
    );
    await picture(page, '09-signed-in');

    await press(page, /^Sign out Safari on iPhone/);
    await heading(page, 'Is it still you?');
    await field(page, 'Password').fill('not my password');
    await press(page, 'Go on');
    await says(page, 'This is not your password.');
    await picture(page, '10-step-up');
    await field(page, 'Password').fill(goodPassword);
    await press(page, 'Go on');
    await says(page, 'Safari on iPhone is signed out.');
    expect(await sessions.count()).toBe(1);
    expect(refusals()).toEqual([expect.stringMatching(/^403 DELETE \/auth\/sessions\//), '401 POST /auth/step-up']);

    await press(other.page, 'Sign out everywhere');
    await says(other.page, 'You have been signed out. Sign in again to go on.');
    await heading(other.page, 'Sign in');

    await field(page, 'Current password').fill('not my password');
    await field(page, 'New password').fill(otherPassword);
    await press(page, 'Change password');
    await says(page, 'This is not your current password.');
    await field(page, 'Current password').fill(goodPassword);
    await field(page, 'New password').fill('aliceexamplealice');
    await press(page, 'Change password');
    await says(page, /mostly your e-mail address/);
    await picture(page, '11-change-password');
    await field(page, 'New password').fill(otherPassword);
    await press(page, 'Change password');
    await says(page, 'Your password is changed. Every other browser is signed out.');
    await picture(page, '12-password-changed');
    expect(refusals()).toEqual(['401 POST /auth/change-password', '422 POST /auth/change-password']);

    await press(page, 'Sign out');
    await says(page, 'You are signed out.');
    await signInWith(page, email, goodPassword);
    await says(page, 'The e-mail address or the password is wrong.');
    await signInWith(page, email, otherPassword);
    await heading(page, 'Your account');
    expect(refusals()).toEqual(['401 POST /auth/login']);
    expect(
      demo()
        .outbox.mails()
        .map(({ type }) => type),
    ).toEqual(['verify_email', 'verify_email', 'password_changed']);
  });

  it('asks another browser for the password, and says when a link is spent', async () => {
    const { page } = await visit('/');
    await press(page, 'Create an account');
    await registerWith(page, email, goodPassword);
    await heading(page, 'Check your mail');
    await demo().auth.drain();
    const path = `/verify?token=${newestToken(demo())}`;

    const phone = await visit(path, { viewport: { width: 360, height: 740 } });
    await press(phone.page, 'Confirm my address');
    await heading(phone.page, 'Registered in another browser?');
    await field(phone.page, 'Password').fill('not the password');
    await press(phone.page, 'Confirm my address');
    await says(phone.page, 'This is not the password of that registration.');
    await picture(phone.page, '20-confirm-with-password');
    await field(phone.page, 'Password').fill(goodPassword);
    await press(phone.page, 'Confirm my address');
    await heading(phone.page, 'Your address is confirmed');
    expect(phone.refusals()).toEqual(['401 POST /auth/verify-email', '401 POST /auth/verify-email']);

    await page.goto(demo().origin + path);
    await press(page, 'Confirm my address');
    await heading(page, 'This link does not work');
    await picture(page, '21-link-spent');
    await page.goto(`${demo().origin}/verify?token=${'x'.repeat(400)}`);
    await press(page, 'Confirm my address');
    await heading(page, 'This link does not work');
    await page.reload();
    await heading(page, 'Open the link in your mail');
  });

  it('notices that it was signed out elsewhere', async () => {
    const { page, refusals } = await visit('/');
    await becomeMember(page);
    await demo().auth.api.revokeAll((await demo().auth.api.session({}, await cookiesOf(page))).value.user?.id ?? '');
    await field(page, 'Current password').fill(goodPassword);
    await field(page, 'New password').fill(otherPassword);
    await press(page, 'Change password');
    await says(page, 'You have been signed out. Sign in again to go on.');
    await heading(page, 'Sign in');
    expect(refusals()).toEqual(['401 POST /auth/change-password']);
    await signInWith(page, email, goodPassword);
    await heading(page, 'Your account');
    expect(await field(page, 'Current password').inputValue()).toBe('');
  });

  it('does nothing when the question for the password is dismissed, even after it was answered once', async () => {
    const { page, refusals } = await visit('/');
    await becomeMember(page);
    for (const userAgent of ['Windows Firefox/140.0', 'Macintosh Safari/605.1']) {
      const other = await visit('/', { userAgent });
      await signInWith(other.page, email, goodPassword);
      await heading(other.page, 'Your account');
    }
    clock().advance(minutes(11));
    await page.reload();
    await press(page, /^Sign out Safari on macOS/);
    await field(page, 'Password').fill(goodPassword);
    await press(page, 'Go on');
    await says(page, 'Safari on macOS is signed out.');
    clock().advance(minutes(11));
    for (const dismiss of [() => page.keyboard.press('Escape'), () => press(page, 'Cancel')]) {
      await press(page, /^Sign out Firefox on Windows/);
      await heading(page, 'Is it still you?');
      await dismiss();
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      expect(await page.getByRole('listitem').count()).toBe(2);
    }
    expect(refusals().map((one) => one.slice(0, 10))).toEqual(['403 DELETE', '403 DELETE', '403 DELETE']);
  });
});

const cookiesOf = async (page: Page): Promise<Headers> => {
  const cookies = await page.context().cookies();
  return new Headers({ cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') });
};
