import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { findChromium, whyNoBrowser } from '../../../tools/chromium.ts';

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

const folder = join(tmpdir(), 'sallyport-spa');

/** For a person to look at: `/tmp/sallyport-spa/name.png`. */
export const picture = async (page: Page, name: string): Promise<void> => {
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
};
