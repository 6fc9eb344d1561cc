import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { isMain, refuseEmpty, report, type Violation, workspace } from './report.ts';
import { titlesOf } from './test-titles.ts';
import { filesOf, isTest } from './tree.ts';

/** In prose: the label, in code marks and no path, is a piece of the title of a test in the file that it leads to. */
const quoted = /\[`((?![\w/.-]+`)[^`]+)`\]\(([^)\s#]+\.test\.tsx?)\)/g;

/** What a piece must have to mean a test and not any test. */
const leastPiece = 8;

interface Quote {
  readonly page: string;
  readonly line: number;
  readonly piece: string;
  /** Of the test, under the root. */
  readonly file: string;
}

const quotesOf = (root: string): readonly Quote[] =>
  filesOf(root, 'docs', /\.md$/).flatMap(({ file: page, text }) =>
    text.split('\n').flatMap((row, at) =>
      [...row.matchAll(quoted)].map(([, piece = '', target = '']) => {
        return { page, line: at + 1, piece, file: posix.join(posix.dirname(page), target) };
      }),
    ),
  );

/** Tests that a page of `docs/` quotes, and that are not there. */
export const quotedTestViolations = (root: string): readonly Violation[] => {
  const quotes = quotesOf(root);
  const titles = new Map<string, readonly string[]>();
  for (const file of new Set(quotes.map(({ file }) => file))) {
    if (isTest(file) && existsSync(join(root, file)))
      titles.set(file, titlesOf({ file, text: readFileSync(join(root, file), 'utf8') }));
  }
  const faultOf = ({ piece, file }: Quote): string | null => {
    const known = titles.get(file);
    if (known === undefined) return `no test file ${file}`;
    if (piece.length < leastPiece) return `"${piece}" could be any test`;
    return known.some((title) => title.includes(piece)) ? null : `no test "${piece}" in ${file}`;
  };
  const found = quotes.flatMap((quote) => {
    const rule = faultOf(quote);
    const mend = 'name the file where the test is now, and take a piece of its title, letter by letter';
    return rule === null ? [] : [{ file: quote.page, line: quote.line, rule, mend }];
  });
  return [...refuseEmpty(quotes.length, 'docs'), ...found];
};

if (isMain(import.meta))
  report('every test that a page of docs quotes is there and runs', quotedTestViolations(workspace));
