import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

/** A realm without anything of a platform, in which chance and time throw. Encoders are arithmetic. */
const bareRealm = (touched: string[]): object => {
  const realm = createContext({ TextEncoder, TextDecoder, URL, touched });
  runInContext(
    `const refuse = (name) => function () { touched.push(name); throw new Error('touches ' + name); };
    Math.random = refuse('Math.random');
    Date = new Proxy(Date, { construct: refuse('Date'), apply: refuse('Date'), get: refuse('Date') });`,
    realm,
  );
  return realm;
};

const bundled = async (code: string): Promise<string> => {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'loaded',
    target: 'es2022',
    conditions: ['@sallyport/source', 'workerd'],
  });
  return outputFiles[0]?.text ?? '';
};

it.each([
  ['@sallyport/core', 'createAuth'],
  ['@sallyport/core/hashing', 'portableHasher'],
  ['@sallyport/core/common-passwords', 'default'],
  ['@sallyport/hono', 'honoAuth'],
])('importing %s draws no randomness, reads no clock and asks the runtime for nothing', async (name, member) => {
  const touched: string[] = [];
  const realm = bareRealm(touched);
  runInContext(await bundled(`export * from '${name}'`), realm);
  expect(touched).toEqual([]);
  const loaded = runInContext('Object.keys(loaded)', realm) as readonly string[];
  if (member !== 'default') expect(loaded).toContain(member);
  expect(loaded.length).toBeGreaterThan(0);
});

it.each([
  'Math.random()',
  'new Date()',
  'Date.now()',
  'crypto.getRandomValues(new Uint8Array(1))',
  'process.env',
  'setTimeout(() => {}, 0)',
])('a module that says %s at import is caught', async (expression) => {
  const realm = bareRealm([]);
  const code = await bundled(`export const value = ${expression};`);
  expect(() => runInContext(code, realm)).toThrow();
});
