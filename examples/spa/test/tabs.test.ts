import { describe, expect, it } from 'vitest';
import { isSkipped, picture } from '../../../tools/testing/browser.ts';
import { calls, email, heading, minutes, type Stage, stage, who } from './stage.ts';

const hundred = (status: number | string, count: number): readonly (number | string)[] => Array(count).fill(status);

describe.skipIf(isSkipped)('three tabs of a browser', () => {
  const world = stage();
  const orders = (): string => `${world.server().origins.orders}/orders`;

  /** Three tabs, somebody signed in, and their tokens at an end. */
  const three = async (
    hasLocks = true,
  ): Promise<Awaited<ReturnType<Awaited<ReturnType<Stage['profile']>>['tab']>>[]> => {
    const profile = await world.profile({ hasLocks });
    const first = await profile.member();
    return [first, await profile.tab(), await profile.tab()];
  };

  it('with ten calls each, when their token ends, renew once: nothing fails, nobody is signed out', async () => {
    const tabs = await three();
    for (const tab of tabs) await heading(tab, 'Your orders');
    expect(world.refreshes()).toBe(1);
    for (let round = 1; round <= 3; round += 1) {
      await world.sleep(minutes(5));
      const answers = await Promise.all(tabs.map((tab) => calls(tab, orders(), 10)));
      expect(answers.flat()).toEqual(hundred(200, 30));
      expect(world.refreshes()).toBe(1 + round);
    }
    expect(await Promise.all(tabs.map(who))).toEqual([email, email, email]);
  });

  it('without Web Locks fail nothing either, and sign nobody out', async () => {
    const tabs = await three(false);
    const counts: number[] = [];
    for (let round = 1; round <= 3; round += 1) {
      await world.sleep(minutes(5));
      const before = world.refreshes();
      const answers = await Promise.all(tabs.map((tab) => calls(tab, orders(), 10)));
      expect(answers.flat()).toEqual(hundred(200, 30));
      counts.push(world.refreshes() - before);
    }
    console.info(`refreshes of three tabs without Web Locks, three times: ${counts.join(', ')}`);
    for (const count of counts) expect(count).toBeLessThanOrEqual(3);
    expect(await Promise.all(tabs.map(who))).toEqual([email, email, email]);
  });

  it('after a day asleep renew once, by being looked at', async () => {
    const tabs = await three();
    const before = world.refreshes();
    await world.sleep(minutes(60 * 24));
    await Promise.all(tabs.map((tab) => tab.evaluate("document.dispatchEvent(new Event('visibilitychange'))")));
    const answers = await Promise.all(tabs.map((tab) => calls(tab, orders(), 10)));
    expect(answers.flat()).toEqual(hundred(200, 30));
    expect(world.refreshes() - before).toBe(1);
  });

  it('follow one that signs out, and one that signs in', async () => {
    const tabs = await three();
    const [first] = tabs;
    if (first === undefined) throw new Error('no tab');
    await first.getByRole('button', { name: 'Sign out', exact: true }).click();
    for (const tab of tabs) await heading(tab, 'Sign in');
    expect(await Promise.all(tabs.map((tab) => calls(tab, orders(), 1)))).toEqual(tabs.map(() => ['unauthenticated']));
    await first.getByLabel('E-mail address').fill(email);
    await first.getByLabel('Password').fill('correct horse battery staple');
    await first.getByRole('button', { name: 'Sign in' }).click();
    for (const tab of tabs) await heading(tab, 'Your orders');
    const answers = await Promise.all(tabs.map((tab) => calls(tab, orders(), 10)));
    expect(answers.flat()).toEqual(hundred(200, 30));
  });

  it('are signed out by what another browser did, and say so', async () => {
    const tabs = await three();
    const user = await world.server().auth.api.session({}, new Headers());
    expect(user.value.user).toBeNull();
    const id = await tabs[0]?.evaluate(
      () => (globalThis as unknown as { client: { current: { user: { id: string } } } }).client.current.user.id,
    );
    await world.server().auth.api.revokeAll(id ?? '');
    await world.sleep(minutes(5));
    const answers = await Promise.all(tabs.map((tab) => calls(tab, orders(), 1)));
    expect(new Set(answers.flat())).not.toContain(200);
    for (const tab of tabs) await heading(tab, 'Sign in');
    expect(await tabs[0]?.getByText('You are signed out.').count()).toBeGreaterThan(0);
  });
});

describe.skipIf(isSkipped)('a person with one tab', () => {
  const world = stage();

  it('sees orders and sessions, by day and by night', async () => {
    const profile = await world.profile();
    const page = await profile.tab();
    await heading(page, 'Sign in');
    await picture(page, 'spa-01-signed-out');
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password').fill('short');
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByText('The password is too short').waitFor();
    await picture(page, 'spa-02-refused');
    await page.getByLabel('Password').fill('correct horse battery staple');
    await page.getByRole('button', { name: 'Create account' }).click();
    await heading(page, 'Your orders');
    await page.getByText('Order ').first().waitFor();
    await page.getByText('This browser').waitFor();
    expect(await page.locator('#orders li').count()).toBe(3);
    for (const [width, height] of [
      [1100, 800],
      [360, 740],
    ] as const) {
      await page.setViewportSize({ width, height });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await picture(page, `spa-03-signed-in-${colorScheme}-${width}`);
      }
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    }
    await page.reload();
    await heading(page, 'Your orders');
    expect(world.refreshes()).toBe(2);
    expect(await page.evaluate('localStorage.length + sessionStorage.length + document.cookie.length')).toBe(0);
  });
});
