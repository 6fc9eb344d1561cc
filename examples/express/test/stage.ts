import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { launch, open, picture, type Watched } from '../../../tools/testing/browser.ts';
import type { Running } from '../src/serve.ts';
import { goodPassword, startDemo, type TestClock, testClock } from './client.ts';

export const minutes = (n: number): number => n * 60_000;
export const email = 'alice@example.com';

export interface Stage {
  /** Of the test that runs. */
  demo(): Running;
  /** Moves the server's time. */
  clock(): TestClock;
  /** Opens a path in a browser profile of its own. */
  visit(path: string, options?: BrowserContextOptions): Promise<Watched>;
}

/** One browser for the file, a demo of its own for every test; whatever a page complains of fails the test. */
export const stage = (): Stage => {
  let browser: Browser | null = null;
  let demo: Running | null = null;
  let clock = testClock();
  const windows: Watched[] = [];
  const running = (): Running => {
    if (demo === null) throw new Error('no demo is running');
    return demo;
  };

  beforeAll(async () => {
    browser = await launch();
  }, 60_000);
  afterAll(() => browser?.close());
  beforeEach(async () => {
    clock = testClock();
    demo = await startDemo(clock);
  });
  afterEach(async () => {
    const faults = windows.flatMap((window) => window.faults);
    await Promise.all(windows.splice(0).map((window) => window.close()));
    await running().close();
    expect(faults).toEqual([]);
  });

  return {
    demo: running,
    clock: () => clock,
    visit: async (path, options = {}) => {
      if (browser === null) throw new Error('no browser is running');
      const watched = await open(browser, options);
      windows.push(watched);
      await watched.page.goto(running().origin + path);
      return watched;
    },
  };
};

/** Waits for what is on the screen. */
export const heading = (page: Page, name: string): Promise<void> =>
  page.getByRole('heading', { name, exact: true }).waitFor();
export const says = (page: Page, text: string | RegExp): Promise<void> =>
  page.getByText(text).filter({ visible: true }).waitFor();
export const press = (page: Page, name: string | RegExp): Promise<void> =>
  page.getByRole('button', { name, exact: true }).click();
export const follow = (page: Page, name: string): Promise<void> => page.getByRole('link', { name }).first().click();
export const field = (page: Page, label: string): ReturnType<Page['getByLabel']> =>
  page.getByLabel(label, { exact: true }).filter({ visible: true });

/** Pictures of a desk and a phone, by day and by night; on none of them anything sticks out. */
export const look = async (page: Page, name: string): Promise<void> => {
  for (const [width, height] of [
    [1100, 800],
    [360, 740],
  ] as const) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await picture(page, `${name}-${colorScheme}-${width}`);
    }
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  }
};

export const registerWith = async (page: Page, address: string, password: string): Promise<void> => {
  await field(page, 'E-mail address').fill(address);
  await field(page, 'Password').fill(password);
  await press(page, 'Create account');
};

export const signInWith = async (page: Page, address: string, password: string): Promise<void> => {
  await field(page, 'E-mail address').fill(address);
  await field(page, 'Password').fill(password);
  await press(page, 'Sign in');
};

/** From the start page to the account, as a person goes. */
export const becomeMember = async (page: Page): Promise<void> => {
  await press(page, 'Create an account');
  await registerWith(page, email, goodPassword);
  await heading(page, 'Check your mail');
  await follow(page, 'Open the outbox');
  await follow(page, 'Open the link');
  await press(page, 'Confirm my address');
  await follow(page, 'Go to the sign-in');
  await signInWith(page, email, goodPassword);
  await heading(page, 'Your account');
};

/** From the view of a forgotten password. */
export const askForLink = async (page: Page, address: string): Promise<void> => {
  await field(page, 'E-mail address').fill(address);
  await press(page, 'Send a link');
  await heading(page, 'Check your mail');
  await says(page, address);
};
