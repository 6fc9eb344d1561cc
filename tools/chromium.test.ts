import { chmodSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { findChromium, whyNoBrowser } from './chromium.ts';
import { plant } from './testing/plant.ts';

const browserAt = (root: string, path: string): string => {
  chmodSync(join(root, path), 0o755);
  return join(root, path);
};

test('the name in CHROMIUM comes before PATH, and nothing replaces it', () => {
  const root = plant({ 'bin/chromium': '', 'own/browser': '', 'own/plain': '' });
  const onPath = browserAt(root, 'bin/chromium');
  const own = browserAt(root, 'own/browser');
  const PATH = join(root, 'bin');
  expect(findChromium({ PATH })).toBe(onPath);
  expect(findChromium({ PATH, CHROMIUM: own })).toBe(own);
  expect(findChromium({ PATH, CHROMIUM: join(root, 'own/plain') })).toBeNull();
  expect(whyNoBrowser({ PATH, CHROMIUM: join(root, 'own/plain') })).toMatch(
    /CHROMIUM names .*own\/plain, which cannot/,
  );
});

test('any of the three names will do, in whatever folder', () => {
  const root = plant({ 'a/other': '', 'b/google-chrome': '' });
  const path = browserAt(root, 'b/google-chrome');
  expect(findChromium({ PATH: ['', join(root, 'a'), join(root, 'b')].join(delimiter) })).toBe(path);
});

test('without one the reason says how to get it', () => {
  const root = plant({ 'bin/chromium': 'not executable' });
  expect(findChromium({ PATH: join(root, 'bin') })).toBeNull();
  expect(whyNoBrowser({ PATH: join(root, 'bin') })).toContain('apt-get install -y --no-install-recommends chromium');
});
