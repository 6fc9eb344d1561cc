import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { isSkipped, picture } from '../../../tools/testing/browser.ts';
import { goodPassword, member, newestToken, otherPassword } from './client.ts';
import {
  askForLink,
  becomeMember,
  email,
  field,
  follow,
  heading,
  look,
  minutes,
  press,
  says,
  signInWith,
  stage,
} from './stage.ts';

const newEmail = 'alice@elsewhere.example.com';
const wrong = 'The e-mail address or the password is wrong.';

describe.skipIf(isSkipped)('a person who lost something', () => {
  const { demo, clock, visit } = stage();

  /** The newest link in the outbox, once all mails are there. */
  const openNewest = async (page: Page, name = 'Open the link'): Promise<void> => {
    await demo().auth.drain();
    await page.goto(`${demo().origin}/outbox`);
    await follow(page, name);
  };
  const types = (): readonly string[] =>
    demo()
      .outbox.mails()
      .map(({ type }) => type);

  it('a password: the mail, a new one, and every browser is signed out', async () => {
    const { page, refusals } = await visit('/');
    await becomeMember(page);
    const other = await visit('/');
    await signInWith(other.page, email, 'a password that was forgotten');
    await says(other.page, wrong);
    await press(other.page, 'Forgot your password?');
    await heading(other.page, 'Forgot your password?');
    expect(await field(other.page, 'E-mail address').inputValue()).toBe(email);
    await askForLink(other.page, email);
    await openNewest(other.page);
    await heading(other.page, 'Choose a new password');
    expect(other.page.url()).toBe(`${demo().origin}/reset`);
    await field(other.page, 'New password').fill('too short');
    await press(other.page, 'Set the password');
    await says(other.page, /^Too short/);
    await field(other.page, 'New password').fill('aliceexamplealice');
    await press(other.page, 'Set the password');
    await says(other.page, /mostly your e-mail address/);
    await field(other.page, 'New password').fill(otherPassword);
    await press(other.page, 'Set the password');
    await heading(other.page, 'Your password is set');
    await picture(other.page, '60-password-set');
    expect(other.refusals()).toEqual([
      '401 POST /auth/login',
      '422 POST /auth/reset-password',
      '422 POST /auth/reset-password',
    ]);

    await field(page, 'Current password').fill(goodPassword);
    await field(page, 'New password').fill('yet another pass phrase');
    await press(page, 'Change password');
    await says(page, 'You have been signed out. Sign in again to go on.');
    expect(refusals()).toEqual(['401 POST /auth/change-password']);

    await follow(other.page, 'Go to the sign-in');
    await signInWith(other.page, email, goodPassword);
    await says(other.page, wrong);
    await signInWith(other.page, email, otherPassword);
    await heading(other.page, 'Your account');
    expect(other.refusals()).toEqual(['401 POST /auth/login']);
    await demo().auth.drain();
    expect(types()).toEqual(['verify_email', 'reset_password', 'password_changed']);
  });

  it('reads the same words whether or not there is an account', async () => {
    await member(demo(), email);
    const { page } = await visit('/');
    await press(page, 'Forgot your password?');
    const seen: string[] = [];
    for (const address of [email, 'nobody@example.com']) {
      await askForLink(page, address);
      seen.push((await page.getByRole('main').innerText()).replace(address, '…'));
      await press(page, 'Send another link');
      await says(page, `If there is an account for ${address}, another link is on its way.`);
      await press(page, 'use another address');
    }
    expect(seen[0]).toBe(seen[1]);
    await demo().auth.drain();
    expect(types()).toEqual(['verify_email', 'reset_password', 'reset_password']);
  });

  it('a link: spent, cut off, too old or reloaded, it says so and nothing happens', async () => {
    await member(demo(), email);
    const { page, refusals } = await visit('/');
    await press(page, 'Forgot your password?');
    await askForLink(page, email);
    await demo().auth.drain();
    const token = newestToken(demo());
    const tried = async (given: string): Promise<void> => {
      await page.goto(`${demo().origin}/reset?token=${given}`);
      expect(page.url()).toBe(`${demo().origin}/reset`);
      await field(page, 'New password').fill(otherPassword);
      await press(page, 'Set the password');
    };
    await tried('x'.repeat(400));
    await heading(page, 'This link does not work');
    await tried(token.slice(0, -1));
    await heading(page, 'This link does not work');
    await page.goBack();
    expect(page.url()).not.toContain('token');
    await page.goto(`${demo().origin}/reset?token=${token}`);
    await page.reload();
    await heading(page, 'Open the link in your mail');
    await tried(token);
    await heading(page, 'Your password is set');
    await tried(token);
    await heading(page, 'This link does not work');
    await follow(page, 'Go to the sign-in');
    await press(page, 'Forgot your password?');
    await askForLink(page, email);
    await demo().auth.drain();
    clock().advance(minutes(31));
    await tried(newestToken(demo()));
    await heading(page, 'This link does not work');
    const refused = '400 POST /auth/reset-password';
    expect(refusals()).toEqual(['422 POST /auth/reset-password', refused, refused, refused]);
  });

  it('an address: the new one is confirmed, and the old one takes the account back', async () => {
    const { page, refusals } = await visit('/');
    await becomeMember(page);
    const other = await visit('/');
    await signInWith(other.page, email, goodPassword);
    await heading(other.page, 'Your account');
    clock().advance(minutes(11));
    await page.reload();
    await field(page, 'New e-mail address').fill('no address');
    await press(page, 'Send a link');
    await says(page, /^This is no e-mail address/);
    await field(page, 'New e-mail address').fill(newEmail);
    await press(page, 'Send a link');
    await heading(page, 'Is it still you?');
    await press(page, 'Cancel');
    await press(page, 'Send a link');
    await field(page, 'Password').fill(goodPassword);
    await press(page, 'Go on');
    await says(page, `We have written to ${newEmail}. Nothing changes until the link in that mail is opened.`);
    expect(await field(page, 'New e-mail address').inputValue()).toBe('');
    await picture(page, '61-written-to');
    expect(refusals()).toEqual([
      '422 POST /auth/change-email',
      '403 POST /auth/change-email',
      '403 POST /auth/change-email',
    ]);

    await openNewest(page);
    await heading(page, 'Confirm your new address');
    expect(page.url()).toBe(`${demo().origin}/change-email`);
    await press(page, 'Confirm my new address');
    await heading(page, 'Your address is changed');
    await follow(page, 'Go on');
    await heading(page, 'Your account');
    await says(page, `${newEmail} (confirmed)`);
    await other.page.reload();
    await heading(other.page, 'Sign in');

    await openNewest(other.page, 'Undo the change');
    await heading(other.page, 'Take your old address back?');
    expect(other.page.url()).toBe(`${demo().origin}/revert-email`);
    await press(other.page, 'Take my old address back');
    await heading(other.page, 'Your old address is back');
    await page.reload();
    await heading(page, 'Sign in');
    await signInWith(page, email, goodPassword);
    await says(page, wrong);

    await openNewest(other.page);
    await field(other.page, 'New password').fill(otherPassword);
    await press(other.page, 'Set the password');
    await follow(other.page, 'Go to the sign-in');
    await signInWith(other.page, email, otherPassword);
    await heading(other.page, 'Your account');
    await says(other.page, `${email} (confirmed)`);
    expect(refusals()).toEqual(['401 POST /auth/login']);
  });

  it('asks a browser that is not signed in for the password, and confirms once', async () => {
    const { page } = await visit('/');
    await becomeMember(page);
    await field(page, 'New e-mail address').fill(newEmail);
    await press(page, 'Send a link');
    await says(page, /^We have written to/);
    await demo().auth.drain();
    const path = `/change-email?token=${newestToken(demo())}`;
    const phone = await visit(path, { viewport: { width: 360, height: 740 } });
    await press(phone.page, 'Confirm my new address');
    await heading(phone.page, 'Is it your account?');
    await field(phone.page, 'Password').fill('not the password');
    await press(phone.page, 'Confirm my new address');
    await says(phone.page, 'This is not the password of that account.');
    await look(phone.page, '63-confirm-with-password');
    await field(phone.page, 'Password').fill(goodPassword);
    await press(phone.page, 'Confirm my new address');
    await heading(phone.page, 'Your address is changed');
    expect(phone.refusals()).toEqual(['401 POST /auth/change-email/confirm', '401 POST /auth/change-email/confirm']);
    await phone.page.goto(demo().origin + path);
    await press(phone.page, 'Confirm my new address');
    await heading(phone.page, 'This link does not work');
    await page.reload();
    await heading(page, 'Sign in');
  });

  it('is told the same when the new address is somebody else’s, and that it was taken meanwhile', async () => {
    const { page, refusals } = await visit('/');
    await becomeMember(page);
    await field(page, 'New e-mail address').fill(newEmail);
    await press(page, 'Send a link');
    await says(page, `We have written to ${newEmail}. Nothing changes until the link in that mail is opened.`);
    await demo().auth.drain();
    const token = newestToken(demo());
    await member(demo(), newEmail);
    await field(page, 'New e-mail address').fill(newEmail);
    await press(page, 'Send a link');
    await says(page, `We have written to ${newEmail}. Nothing changes until the link in that mail is opened.`);
    await demo().auth.drain();
    expect(demo().outbox.mails().at(-1)).toMatchObject({ to: newEmail, type: 'register_attempt' });
    await page.goto(`${demo().origin}/change-email?token=${token}`);
    await press(page, 'Confirm my new address');
    await heading(page, 'This address has an account already');
    expect(refusals()).toEqual(['409 POST /auth/change-email/confirm']);
  });

  it('the wish to stay: the account goes after a question, and only then', async () => {
    const { page, refusals } = await visit('/');
    await becomeMember(page);
    const other = await visit('/');
    await signInWith(other.page, email, goodPassword);
    await heading(other.page, 'Your account');
    clock().advance(minutes(11));
    await page.reload();
    const stay = [
      () => page.keyboard.press('Enter'),
      () => page.keyboard.press('Escape'),
      () => press(page, 'Keep it'),
    ];
    for (const keep of stay) {
      await press(page, 'Delete this account');
      await heading(page, 'Delete your account?');
      await keep();
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
    }
    expect(refusals()).toEqual([]);
    await press(page, 'Delete this account');
    await press(page, 'Delete it');
    await heading(page, 'Is it still you?');
    await press(page, 'Cancel');
    await press(page, 'Delete this account');
    // What Escape does where it leaves the last answer standing.
    await page.evaluate("document.getElementById('delete-dialog').close()");
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(refusals()).toEqual(['403 DELETE /auth/account']);
    await press(page, 'Delete this account');
    await press(page, 'Delete it');
    await field(page, 'Password').fill(goodPassword);
    await press(page, 'Go on');
    await says(page, 'Your account is deleted.');
    await heading(page, 'Sign in');
    expect(refusals()).toEqual(['403 DELETE /auth/account']);
    const names = (await page.context().cookies()).map(({ name }) => name);
    expect(names.filter((name) => /session|device/.test(name))).toEqual([]);
    await signInWith(page, email, goodPassword);
    await says(page, wrong);
    await press(other.page, 'Delete this account');
    await press(other.page, 'Delete it');
    await says(other.page, 'You have been signed out. Sign in again to go on.');
  });
});
