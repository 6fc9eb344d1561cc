/**
 * Writes the list into src/primitives/common-passwords.ts from the dictionary of an installed @zxcvbn-ts/language-common:
 *
 *   npm install --prefix <folder> @zxcvbn-ts/language-common@4.1.3
 *   pnpm exec tsx packages/core/scripts/common-passwords.ts <folder>
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const count = 3_000;
const shortest = 8;
const lineWidth = 120;
const target = join(import.meta.dirname, '../src/primitives/common-passwords.ts');

/** The dictionary is ordered by frequency, the most common first. */
const mostCommon = (dictionary: readonly string[]): readonly string[] => {
  const fit = dictionary.map((entry) => entry.toLowerCase()).filter((entry) => [...entry].length >= shortest);
  return [...new Set(fit)].slice(0, count);
};

/** Sorted, each entry as a capital for the length that it shares with the one before, and its rest. */
const frontCode = (entries: readonly string[]): readonly string[] => {
  let before = '';
  return [...entries].sort().map((entry) => {
    if (/[^!-~]|[A-Z`$\\]/.test(entry)) throw new Error(`cannot be coded: ${entry}`);
    let shared = 0;
    while (shared < 25 && shared < before.length && entry[shared] === before[shared]) shared += 1;
    before = entry;
    return String.fromCharCode(65 + shared) + entry.slice(shared);
  });
};

const wrap = (tokens: readonly string[]): string => {
  const lines = [''];
  for (const token of tokens) {
    const line = lines.pop() ?? '';
    lines.push(...(line.length + token.length > lineWidth ? [line, token] : [line + token]));
  }
  return lines.join('\n');
};

const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: common-passwords.ts <folder with node_modules>');
const { dictionary } = createRequire(join(resolve(folder), 'from.js'))('@zxcvbn-ts/language-common') as {
  readonly dictionary: { readonly 'passwords-common': readonly string[] };
};
const entries = mostCommon(dictionary['passwords-common']);
if (entries.length < count) throw new Error(`only ${entries.length} entries`);
const list = wrap(frontCode(entries));
writeFileSync(
  target,
  readFileSync(target, 'utf8').replace(/`\n[^`]*`/, () => `\`\n${list}\n\``),
);
