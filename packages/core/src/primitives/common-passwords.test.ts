import { expect, test } from 'vitest';
import { commonPasswords, listCommonPasswords } from './common-passwords.ts';

const list = listCommonPasswords();
const longestLookedFor = 24;

test('ASVS 6.2.4: 3,000 entries, each as long as the floor asks for', () => {
  expect(new Set(list).size).toBe(3_000);
  expect(list).toHaveLength(3_000);
  expect(list.filter((entry) => [...entry].length < 8)).toEqual([]);
});

test('no entry is longer than the policy looks for', () => {
  expect(list.filter((entry) => entry.length > longestLookedFor)).toEqual([]);
});

test('entries are lower-cased, printable and sorted, as the coding wants them', () => {
  expect(list.filter((entry) => !/^[!-~]+$/.test(entry) || entry !== entry.toLowerCase())).toEqual([]);
  expect(list).toEqual([...list].sort());
});

test.each([
  'password',
  'password1',
  'passw0rd',
  'p@ssw0rd',
  '12345678',
  '1234567890',
  'iloveyou',
  'sunshine',
  'princess',
  'football',
  'qwertyuiop',
  '1q2w3e4r',
  'trustno1',
])('PWD-11: %s is common', (entry) => {
  expect(commonPasswords()(entry)).toBe(true);
});

test.each(['', 'passwor', 'password ', 'Password', 'A', 'correct horse battery staple', 'constructor', '__proto__'])(
  '%j is not on the list',
  (text) => {
    expect(commonPasswords()(text)).toBe(false);
  },
);

test('the list is decoded once, at the first question', () => {
  const matchAll = String.prototype.matchAll;
  let decoded = 0;
  String.prototype.matchAll = function (...args) {
    decoded += 1;
    return matchAll.apply(this, args);
  };
  try {
    const isCommon = commonPasswords();
    expect(decoded).toBe(0);
    expect([isCommon('sunshine'), isCommon('sunrise over the bay')]).toEqual([true, false]);
    expect(decoded).toBe(1);
  } finally {
    String.prototype.matchAll = matchAll;
  }
});
