import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { isSkipped } from '../../../tools/testing/browser.ts';
import { becomeMember, follow, heading, look, press, says, stage } from './stage.ts';

const enter = async (page: Page, person: RegExp): Promise<void> => {
  await press(page, 'Sign in with the local provider');
  await heading(page, 'Local provider');
  await page.getByRole('button', { name: person }).click();
};

describe.skipIf(isSkipped)('a person who signs in elsewhere', () => {
  const { demo, clock, visit } = stage();

  it('comes in with a verified address, out, and in again as the same user', async () => {
    const { page, refusals } = await visit('/');
    await heading(page, 'Sign in');
    await page.getByRole('button', { name: 'Sign in with the local provider' }).waitFor();
    await look(page, 'oauth-sign-in');
    await press(page, 'Sign in with the local provider');
    await heading(page, 'Local provider');
    await look(page, 'oauth-local-provider');
    await page.getByRole('button', { name: /Vera/ }).click();
    await heading(page, 'Your account');
    await says(page, 'vera@example.net (confirmed)');
    await says(page, 'Account at the local provider');
    await look(page, 'oauth-account');
    expect(page.url()).toBe(`${demo().origin}/`);
    const id = await page.locator('#profile dd').last().textContent();

    await page.getByRole('button', { name: 'Unlink' }).click();
    await says(page, /^This is the last way into your account/);
    expect(refusals()).toEqual([expect.stringMatching(/^409 DELETE \/auth\/accounts\//)]);
    await press(page, 'Sign out');
    await heading(page, 'Sign in');
    await enter(page, /Vera/);
    await heading(page, 'Your account');
    expect(await page.locator('#profile dd').last().textContent()).toBe(id);
    expect(refusals()).toEqual([]);
  });

  it('has the provider asked in their name, long after its first token has ended', async () => {
    const { page, refusals } = await visit('/');
    await enter(page, /Vera/);
    await heading(page, 'Your account');
    await press(page, 'Ask who I am there');
    await says(page, 'The provider says: Vera');
    const userId = (await page.locator('#profile dd').last().textContent()) ?? '';
    const ask = (): Promise<string> =>
      demo()
        .auth.api.providerToken({ userId, provider: 'local' })
        .then(({ accessToken }) => accessToken);
    // The provider ends the grant of whoever brings a refresh token twice.
    const tokens = [await ask()];
    for (let round = 0; round < 3; round += 1) {
      clock().advance(2 * 3_600_000);
      const all = new Set(await Promise.all(Array.from({ length: 8 }, ask)));
      expect(all.size).toBe(1);
      tokens.push(...all);
    }
    expect(new Set(tokens).size).toBe(4);
    await press(page, 'Ask who I am there');
    await says(page, 'The provider says: Vera');
    expect(refusals()).toEqual([]);
  });

  it('thinks better of it, or has no verified address', async () => {
    const { page, refusals } = await visit('/');
    await enter(page, /Cancel/);
    await heading(page, 'The provider refused the sign-in');
    await follow(page, 'Start page');
    await enter(page, /Uwe/);
    await heading(page, 'Your account');
    await says(page, /^None yet/);
    await follow(page, 'Outbox');
    await follow(page, 'Open the link');
    await press(page, 'Confirm my new address');
    await heading(page, 'Your address is changed');
    await follow(page, 'Go on');
    await says(page, 'uwe@example.net (confirmed)');
    expect(refusals()).toEqual([]);
  });

  it('links an account, signs in with it in another browser, and unlinks it', async () => {
    const { page, refusals } = await visit('/');
    await becomeMember(page);
    await says(page, 'No account elsewhere signs in to this one.');
    await press(page, 'Link an account at the local provider');
    await heading(page, 'Local provider');
    await page.getByRole('button', { name: /Uwe/ }).click();
    await says(page, /uwe@example\.net, linked/);
    const other = await visit('/');
    await enter(other.page, /Uwe/);
    await says(other.page, 'alice@example.com (confirmed)');
    await page.getByRole('button', { name: 'Unlink' }).click();
    await says(page, /^The account is not linked any more/);
    await other.page.reload();
    await heading(other.page, 'Sign in');
    expect(refusals()).toEqual([]);
    expect(
      demo()
        .outbox.mails()
        .map(({ type }) => type),
    ).toContain('account_linked');
  });
});
