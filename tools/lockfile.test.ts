import { expect, test } from 'vitest';
import { lockfileViolations } from './lockfile.ts';
import { plant } from './testing/plant.ts';

const optionalDependencies = {
  '@esbuild/darwin-arm64': '0.28.2',
  '@esbuild/linux-x64': '0.28.2',
  '@esbuild/netbsd-arm64': '0.28.2',
  '@deno/aarch64-apple-darwin': '^2.0.0',
};
const manifest = JSON.stringify({ name: 'esbuild', version: '0.28.2', optionalDependencies });
const installed = { 'node_modules/.pnpm/esbuild@0.28.2/node_modules/esbuild/package.json': manifest };
const lockOf = (...keys: readonly string[]): string => `packages:\n\n${keys.map((key) => `  '${key}':\n`).join('')}`;

test('every platform that we serve is locked', () => {
  const keys = ['@esbuild/darwin-arm64@0.28.2', '@esbuild/linux-x64@0.28.2', '@deno/aarch64-apple-darwin@2.9.5'];
  expect(lockfileViolations(plant({ ...installed, 'pnpm-lock.yaml': lockOf(...keys) }))).toEqual([]);
});

test('a platform that is missing, or locked in another version, is caught', () => {
  const keys = ['@esbuild/darwin-arm64@0.28.1', '@esbuild/linux-x64@0.28.2'];
  const found = lockfileViolations(plant({ ...installed, 'pnpm-lock.yaml': lockOf(...keys) }));
  expect(found.map(({ rule }) => rule)).toEqual([
    'esbuild@0.28.2 wants @esbuild/darwin-arm64@0.28.2, which is not locked',
    'esbuild@0.28.2 wants @deno/aarch64-apple-darwin@^2.0.0, which is not locked',
  ]);
});

test('scoped packages are looked at too', () => {
  const scoped = JSON.stringify({
    name: '@node-rs/argon2',
    version: '2.2.1',
    optionalDependencies: { '@node-rs/argon2-win32-x64-msvc': '2.2.1' },
  });
  const path = 'node_modules/.pnpm/@node-rs+argon2@2.2.1/node_modules/@node-rs/argon2/package.json';
  expect(lockfileViolations(plant({ [path]: scoped, 'pnpm-lock.yaml': '' }))).toHaveLength(1);
});

test('nothing installed is no pass', () => {
  expect(lockfileViolations(plant({ 'pnpm-lock.yaml': '' }))).toHaveLength(1);
});
