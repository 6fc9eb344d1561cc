import { describe, expect, it } from 'vitest';
import { isSkipped, picture } from '../../../tools/testing/browser.ts';
import { member, newestToken, otherPassword } from './client.ts';
import { askForLink, becomeMember, email, heading, look, press, says, stage } from './stage.ts';

describe.skipIf(isSkipped)('the pages of recovery in a browser', () => {
  const { demo, visit } = stage();

  it('say in the outbox what each mail is about', async () => {
    const alice = await member(demo(), email);
    await alice.post('/auth/change-email', { email: 'alice@elsewhere.example.com' });
    await demo().auth.drain();
    await alice.post('/auth/change-email/confirm', { token: newestToken(demo()) });
    await demo().auth.drain();
    await alice.post('/auth/change-email/revert', { token: newestToken(demo()) });
    await demo().auth.drain();
    const { page } = await visit('/outbox');
    await says(page, 'Confirm your new address');
    await says(page, 'Choose a new password');
    expect(await page.getByRole('heading', { name: 'Your address was changed' }).count()).toBe(2);
    expect(await page.getByRole('link', { name: 'Undo the change' }).count()).toBe(1);
    await look(page, '62-outbox');
  });

  it('can be used by keyboard alone', async () => {
    await member(demo(), email);
    const { page } = await visit('/');
    await heading(page, 'Sign in');
    await page.locator('#providers button').waitFor();
    const type = async (...keys: readonly string[]): Promise<void> => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await type('Tab');
    await page.keyboard.type(email);
    await type('Tab', 'Tab', 'Tab', 'Tab', 'Tab', 'Enter');
    await heading(page, 'Forgot your password?');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Forgot your password?');
    await type('Tab', 'Enter');
    await heading(page, 'Check your mail');
    await demo().auth.drain();
    await page.goto(`${demo().origin}/reset?token=${newestToken(demo())}`);
    await heading(page, 'Choose a new password');
    await type('Tab');
    await page.keyboard.type(otherPassword);
    await type('Enter');
    await heading(page, 'Your password is set');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Your password is set');
    await type('Tab', 'Enter');
    await heading(page, 'Sign in');
  });

  it('fit on a desk and on a phone, by day and by night', async () => {
    const { page } = await visit('/');
    await heading(page, 'Sign in');
    await press(page, 'Forgot your password?');
    await look(page, '64-forgot');
    await askForLink(page, 'somebody.with.a.rather.long.name@a-long-domain-name.example.com');
    await look(page, '65-forgot-sent');
    for (const [path, views] of [
      ['reset', ['choose', 'done', 'invalid', 'no-token']],
      ['change-email', ['confirm', 'done', 'taken', 'invalid', 'no-token']],
      ['revert-email', ['confirm', 'done', 'taken', 'invalid', 'no-token']],
    ] as const) {
      await page.goto(`${demo().origin}/${path}?token=abc`);
      for (const view of views) {
        await page.evaluate(`import('/assets/page.js').then(({ show }) => show('${view}'))`);
        expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
        if (view === views[0]) await look(page, `66-${path}`);
        else await picture(page, `67-${path}-${view}`);
      }
    }
  });

  it('fit with the cards of the account and the question before its end', async () => {
    const { page } = await visit('/');
    await becomeMember(page);
    await look(page, '68-account');
    await press(page, 'Delete this account');
    await look(page, '69-delete');
  });
});
