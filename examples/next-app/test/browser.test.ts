import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSkipped, launch, open, picture } from '../../../tools/testing/browser.ts';
import { type StartedApp, startApp } from './start.ts';

const email = 'alice@example.com';
const password = 'correct horse battery staple';

let app: StartedApp;
let browser: Browser;

const within = (page: Page, form: string) => page.locator(`form#${form}`);
const send = async (page: Page, form: string, fields: Readonly<Record<string, string>>): Promise<void> => {
  for (const [name, value] of Object.entries(fields)) await within(page, form).locator(`[name=${name}]`).fill(value);
  await within(page, form).getByRole('button').click();
};
const look = async (page: Page, name: string): Promise<void> => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await picture(page, `next-${name}-${colorScheme}`);
  }
};

describe.skipIf(isSkipped)('the demo on Next in a browser', () => {
  beforeAll(async () => {
    [browser, app] = await Promise.all([launch(), startApp()]);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await app?.stop();
  });

  it.each([true, false])('tells the story, JavaScript on: %s', async (javaScriptEnabled) => {
    const { page, faults, close } = await open(browser, { javaScriptEnabled });
    const who = javaScriptEnabled ? email : `quiet-${email}`;
    await page.goto(app.origin);
    await look(page, 'start');
    await send(page, 'create-an-account', { email: who, password });
    await page.getByText('check_email').waitFor();
    await page.getByRole('link', { name: 'Outbox' }).click();
    await page.getByText(who).getByRole('link', { name: 'verify_email' }).click();
    await look(page, 'verify');
    await send(page, 'verify', {});
    await page.getByText('verified').waitFor();
    await send(page, 'sign-in', { email: who, password: 'not this one at all' });
    await page.getByRole('alert').filter({ hasText: 'invalid_credentials' }).waitFor();
    await send(page, 'sign-in', { email: who, password });
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
    expect(await page.locator('#who').textContent()).toBe(who);
    await look(page, 'account');
    await page.getByRole('link', { name: 'Back' }).click();
    await send(page, 'greet', {});
    await page.getByText(`Hello ${who}`).waitFor();
    await send(page, 'logout', {});
    await page.getByText('Nobody is signed in.').waitFor();
    // A script that may not run counts as blocked.
    const blocked = /^failed: .+\.js, csp$/;
    expect(faults.filter((fault) => javaScriptEnabled || !blocked.test(fault))).toEqual([]);
    await close();
  });
});
