import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { findChromium, whyNoBrowser } from '../chromium.ts';

/** Without network and without first-run pages: the only traffic is ours. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const { CI: ci } = process.env;
const reason = whyNoBrowser();

/** Whether browser tests are left out on this machine; in CI never: there they fail. */
export const isSkipped: boolean = reason !== null && ci !== 'true';
if (isSkipped) console.warn(`skipped, no browser: ${reason}`);

export const launch = async (): Promise<Browser> => {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error(`no browser: ${reason}`);
  return chromium.launch({ executablePath, args });
};

/** A page of a browser profile of its own, and everything that went wrong in it. */
export interface Watched {
  readonly page: Page;
  /** What the console complained of, what was thrown, what was blocked by the policy, what could not be fetched. */
  readonly faults: readonly string[];
  /** Refusals of the server, e.g. `401 POST /auth/login`; taken out once they have been looked at. */
  readonly refusals: () => readonly string[];
  readonly close: () => Promise<void>;
}

/** Chromium writes one for every refusal; those are counted as refusals. */
const refusalLine = /^Failed to load resource: the server responded with a status of/;

export const open = async (browser: Browser, options: BrowserContextOptions = {}): Promise<Watched> => {
  const context = await browser.newContext({ locale: 'en-GB', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const faults: string[] = [];
  let refusals: string[] = [];
  page.on('console', (message) => {
    const isComplaint = message.type() === 'error' || message.type() === 'warning';
    if (isComplaint && !refusalLine.test(message.text())) faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`thrown: ${error.message}`));
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? '';
    // Leaving a page cuts off what it was still asking for.
    if (why !== 'net::ERR_ABORTED') faults.push(`failed: ${request.url()}, ${why}`);
  });
  page.on('response', (response) => {
    const request = response.request();
    if (response.status() < 400) return;
    refusals.push(`${response.status()} ${request.method()} ${new URL(response.url()).pathname}`);
  });
  return {
    page,
    faults,
    refusals: () => {
      const seen = refusals;
      refusals = [];
      return seen;
    },
    close: () => context.close(),
  };
};

const folder = join(tmpdir(), 'sallyport-demos');

/** For a person to look at: `/tmp/sallyport-demos/name.png`. In CI nobody does, and it would take a minute. */
export const picture = async (page: Page, name: string): Promise<void> => {
  if (ci === 'true') return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: !(await page.getByRole('dialog').isVisible()) });
};
