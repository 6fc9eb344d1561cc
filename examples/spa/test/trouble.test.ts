import type { ServerResponse } from 'node:http';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { isSkipped } from '../../../tools/testing/browser.ts';
import { elsewhere } from './elsewhere.ts';
import { calls, email, heading, minutes, stage, who } from './stage.ts';

/** The server has done its work and wrote its answer; nobody ever hears it. */
const loseAnswer = (res: ServerResponse): void => {
  res.end = (() => {
    res.destroy();
    return res;
  }) as ServerResponse['end'];
};

const isRefresh = (req: { readonly url?: string | undefined; readonly method?: string | undefined }): boolean =>
  req.method === 'POST' && req.url === '/auth/refresh';

describe.skipIf(isSkipped)('trouble on the way', () => {
  const world = stage();
  const orders = (): string => `${world.server().origins.orders}/orders`;

  it('an answer that is lost is asked for again: the server gives the same successor', async () => {
    const { member } = await world.profile();
    const page = await member();
    for (const losses of [1, 2]) {
      await world.sleep(minutes(5));
      let lost = 0;
      world.fault = (req, res) => {
        if (isRefresh(req) && lost < losses) {
          lost += 1;
          loseAnswer(res);
        }
        return null;
      };
      expect(await calls(page, orders(), 10)).toEqual(Array(10).fill(200));
      expect(lost).toBe(losses);
      expect(await who(page)).toBe(email);
    }
    // The cookie is the newest: a later renewal is no theft.
    world.fault = () => null;
    await world.sleep(minutes(5));
    expect(await calls(page, orders(), 1)).toEqual([200]);
  });

  it('offline, 503, 429 and a proxy that answers for the server sign nobody out', async () => {
    const { context, member } = await world.profile();
    const page = await member();
    await world.sleep(minutes(5));
    await context.setOffline(true);
    expect(await calls(page, orders(), 2)).toEqual(['unreachable', 'unreachable']);
    expect(await who(page)).toBe(email);
    await context.setOffline(false);
    expect(await works(page)).toBe(true);

    for (const [status, headers, code] of [
      [503, { 'retry-after': '2' }, 'unexpected_answer'],
      [429, { 'retry-after': '2' }, 'unexpected_answer'],
      [502, {}, 'unexpected_answer'],
      [401, {}, 'unexpected_answer'],
    ] as const) {
      await world.sleep(minutes(5));
      world.fault = (req, res) => {
        if (!isRefresh(req)) return null;
        const { app } = world.server().origins;
        const cors = { 'access-control-allow-origin': app, 'access-control-allow-credentials': 'true' };
        res.writeHead(status, { ...cors, ...headers, 'content-type': 'text/html' }).end('<h1>Not now</h1>');
        return 'answered';
      };
      expect(await calls(page, orders(), 2)).toEqual([code, code]);
      expect(await who(page)).toBe(email);
      world.fault = () => null;
      await world.sleep(minutes(2));
      expect(await works(page)).toBe(true);
    }
    await heading(page, 'Your orders');
  });

  const works = async (page: Page): Promise<boolean> => {
    await page.evaluate("window.dispatchEvent(new Event('online'))");
    return (await calls(page, orders(), 1))[0] === 200;
  };
});

describe.skipIf(isSkipped)('a hostile origin', () => {
  const world = stage();

  it('is not asked, and is not reached by a redirect', async () => {
    const other = await elsewhere();
    try {
      const { member } = await world.profile({ bypassCSP: true });
      const page = await member();
      expect(await calls(page, `${other.origin}/steal`, 1)).toEqual(['origin_not_allowed']);
      world.fault = (req, res) => {
        if (!req.url?.startsWith('/moved')) return null;
        const { app } = world.server().origins;
        const cors = { 'access-control-allow-origin': app, 'access-control-allow-headers': 'authorization' };
        if (req.method === 'OPTIONS') res.writeHead(204, cors).end();
        else res.writeHead(307, { ...cors, location: `${other.origin}/steal` }).end();
        return 'answered';
      };
      expect(await calls(page, `${world.server().origins.api}/moved`, 1)).toEqual(['TypeError']);
      expect(other.seen).toEqual([]);
      // It would have been reached, and would have answered.
      const plain = await page.evaluate((url) => fetch(url).then(({ status }) => status), `${other.origin}/steal`);
      expect([plain, other.seen.length]).toEqual([200, 1]);
      expect(JSON.stringify(other.seen)).not.toMatch(/bearer/i);
    } finally {
      await other.close();
    }
  });
});
