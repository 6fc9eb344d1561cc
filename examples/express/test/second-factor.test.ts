import { readFileSync } from 'node:fs';
import jsqr from 'jsqr';
import { URI } from 'otpauth';
import type { Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { isSkipped, picture } from '../../../tools/testing/browser.ts';
import { goodPassword, type TestClock } from './client.ts';
import { becomeMember, email, field, heading, look, minutes, press, says, signInWith, stage } from './stage.ts';

/** What a phone does: looks at the picture, reads it, and shows codes by the server's time. */
const scan = async (page: Page, clock: TestClock): Promise<{ readonly uri: string; code(): string }> => {
  const code = page.getByRole('img', { name: 'QR code for your authenticator app' });
  const { data, width, height } = PNG.sync.read(await code.screenshot());
  // A CommonJS module with a default export: what is imported is the module, under Node.
  const read = (jsqr as unknown as { default?: typeof jsqr }).default ?? jsqr;
  const found = (read as unknown as typeof jsqr.default)(new Uint8ClampedArray(data), width, height);
  if (found === null) throw new Error('no QR code in the picture');
  const app = URI.parse(found.data);
  if (!('period' in app)) throw new Error(`no TOTP: ${found.data}`);
  return { uri: found.data, code: () => app.generate({ timestamp: clock.now() }) };
};

const nextStep = (clock: TestClock): void => clock.advance(60_000);
const codeField = (page: Page) => field(page, 'Code of your app');

describe.skipIf(isSkipped)('a second factor in a browser', () => {
  const { clock, visit } = stage();

  it('is set up by a picture, asked for, stepped up with, lost, replaced, and removed', async () => {
    const { page, refusals } = await visit('/');
    await becomeMember(page);
    await says(page, /^The password alone signs you in/);
    await press(page, 'Set up an app');
    await heading(page, 'Set up your app');
    const phone = await scan(page, clock());
    expect(phone.uri).toMatch(
      /^otpauth:\/\/totp\/Sallyport%20demo:alice%40example\.com\?issuer=Sallyport%20demo&secret=/,
    );
    const typed = (await page.locator('#enrol-secret').textContent())?.replaceAll(' ', '');
    expect(new URL(phone.uri).searchParams.get('secret')).toBe(typed);
    await picture(page, '60-1-enrol');
    await codeField(page).fill('12345');
    await press(page, 'Turn it on');
    await says(page, 'A code of the app has six digits.');
    // As apps show it.
    await codeField(page).fill(phone.code().replace(/^(...)/, '$1 '));
    await press(page, 'Turn it on');
    await heading(page, 'Your recovery codes');
    await look(page, '60-2-codes');
    const codes = await page.locator('#codes li').allTextContents();
    expect(new Set(codes).size).toBe(10);
    const [download] = await Promise.all([page.waitForEvent('download'), press(page, 'Download')]);
    expect(download.suggestedFilename()).toBe('sallyport-recovery-codes.txt');
    const file = readFileSync(await download.path(), 'utf8');
    for (const code of codes) expect(file).toContain(code);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await press(page, 'Copy');
    await says(page, 'Copied');
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(codes.join('\n'));
    await page.keyboard.press('Escape');
    await heading(page, 'Your recovery codes');
    await press(page, 'I have kept them');
    await says(page, 'Signing in asks for a code of your app. 10 of 10 recovery codes left.');
    await look(page, '60-3-account');
    const html = await page.content();
    for (const secret of [...codes, typed ?? '']) expect(html).not.toContain(secret);
    expect(refusals()).toEqual([`422 POST /auth/mfa/totp/${await idIn(page)}/confirm`]);

    await press(page, 'Sign out');
    await signInWith(page, email, goodPassword);
    await heading(page, 'Enter a code');
    await picture(page, '60-4-code');
    await codeField(page).fill('000000');
    await press(page, 'Sign in');
    await says(page, /^This code is wrong/);
    nextStep(clock());
    await codeField(page).fill(phone.code());
    await press(page, 'Sign in');
    await heading(page, 'Your account');
    expect(refusals()).toEqual(['401 POST /auth/login/mfa']);

    clock().advance(minutes(11));
    await press(page, 'Rename Authenticator app');
    await field(page, 'Name').fill('Phone');
    await press(page, 'Rename it');
    await says(page, 'Phone');
    await press(page, 'New recovery codes');
    await heading(page, 'Is it still you?');
    await picture(page, '60-5-step-up');
    await codeField(page).fill(phone.code());
    await press(page, 'Go on');
    await heading(page, 'Your recovery codes');
    const [kept = ''] = await page.locator('#codes li').allTextContents();
    expect(codes).not.toContain(kept);
    await press(page, 'I have kept them');
    expect(refusals()).toEqual(['403 POST /auth/mfa/recovery-codes']);

    // The phone is gone.
    await press(page, 'Sign out');
    await signInWith(page, email, goodPassword);
    await press(page, 'Use a recovery code');
    await picture(page, '60-6-recovery');
    await field(page, 'Recovery code').fill(codes[0] ?? '');
    await press(page, 'Sign in');
    await says(page, /^This code is none of yours/);
    await field(page, 'Recovery code').fill(kept.toLowerCase());
    await press(page, 'Sign in');
    await says(page, /^You signed in with a recovery code/);
    await picture(page, '60-7-replace');
    await press(page, 'Set up a new app');
    const spare = await scan(page, clock());
    await codeField(page).fill(spare.code());
    await press(page, 'Turn it on');
    await press(page, 'I have kept them');
    await page.reload();
    await says(page, 'Signing in asks for a code of your app. 10 of 10 recovery codes left.');

    await press(page, 'Sign out');
    await signInWith(page, email, goodPassword);
    await codeField(page).fill(phone.code());
    await press(page, 'Sign in');
    await says(page, /^This code is wrong/);
    nextStep(clock());
    await codeField(page).fill(spare.code());
    await page.getByLabel('Do not ask again in this browser for 30 days').check();
    await press(page, 'Sign in');
    await heading(page, 'Your account');
    await press(page, 'Sign out');
    await signInWith(page, email, goodPassword);
    await heading(page, 'Your account');

    await press(page, 'Remove Authenticator app');
    await heading(page, 'Remove this app?');
    await picture(page, '60-8-remove');
    await press(page, 'Remove it');
    await heading(page, 'Is it still you?');
    nextStep(clock());
    await codeField(page).fill(spare.code());
    await press(page, 'Go on');
    await says(page, 'Authenticator app is removed.');
    await says(page, /^The password alone signs you in/);
  });

  it('is asked for without JavaScript, too', async () => {
    const { page, close } = await visit('/');
    await becomeMember(page);
    await press(page, 'Set up an app');
    const phone = await scan(page, clock());
    await codeField(page).fill(phone.code());
    await press(page, 'Turn it on');
    await press(page, 'I have kept them');
    await close();

    const plain = await visit('/', { javaScriptEnabled: false });
    // The demo's own page hides its views until its script runs; a form of any page does.
    await plain.page.setContent(
      `<form method="post" action="${new URL(plain.page.url()).origin}/auth/login"><input name="email" aria-label="E-mail address"><input name="password" aria-label="Password"><input type="hidden" name="returnTo" value="/api/profile"><button>Sign in</button></form>`,
    );
    await signInWith(plain.page, email, goodPassword);
    await heading(plain.page, 'Enter a code');
    await picture(plain.page, '61-1-no-script');
    await plain.page.getByLabel('Code of your app').fill('000000');
    await press(plain.page, 'Sign in');
    await says(plain.page, 'The code is wrong.');
    nextStep(clock());
    await plain.page.getByLabel('Code of your app').fill(phone.code());
    await press(plain.page, 'Sign in');
    await plain.page.waitForURL('**/api/profile');
    const profile: unknown = JSON.parse((await plain.page.locator('body').textContent()) ?? '');
    expect(profile).toMatchObject({ user: { email }, session: { aal: 2 } });
  });
});

const idIn = async (page: Page): Promise<string> =>
  page.evaluate("fetch('/auth/mfa').then((answer) => answer.json()).then(({ factors }) => factors[0].id)");
