import ts from 'typescript';
import { lineOf, parse } from './imports.ts';
import { isMain, refuseEmpty, report, type Violation, workspace } from './report.ts';
import { isTest, packageSources, sourcesOf, type TextFile } from './tree.ts';

/** First match counts: past `warn` lines a file is named, past `fail` it must be split. */
const limits = [
  { files: /^tools\//, warn: 120, fail: 300 },
  { files: /./, warn: 300, fail: 400 },
] as const;

const isNonNull = (node: ts.Node): boolean =>
  ts.isNonNullExpression(node) ||
  ((ts.isPropertyDeclaration(node) || ts.isVariableDeclaration(node)) && node.exclamationToken !== undefined);

const escapeOf = (node: ts.Node): Pick<Violation, 'rule' | 'mend'> | null => {
  if (node.kind === ts.SyntaxKind.AnyKeyword)
    return { rule: 'any', mend: 'name the type, or take unknown and narrow it' };
  return isNonNull(node) ? { rule: 'a non-null !', mend: 'test for it and return or throw' } : null;
};

const silencer = /(?:\/\/|\/\*|\*)\s*@ts-(?:ignore|nocheck|expect-error)/;

const escapesOf = (source: TextFile): readonly Violation[] => {
  const { file } = source;
  const found: Violation[] = source.text.split('\n').flatMap((text, index) => {
    const hit = silencer.exec(text);
    return hit === null ? [] : [{ file, line: index + 1, rule: hit[0], mend: 'mend the type instead of the message' }];
  });
  const visit = (node: ts.Node): void => {
    const way = escapeOf(node);
    if (way !== null) found.push({ file, line: lineOf(node), ...way });
    ts.forEachChild(node, visit);
  };
  visit(parse(source));
  return found;
};

const linesOf = ({ text }: TextFile): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
const limitOf = (file: string): { readonly warn: number; readonly fail: number } =>
  limits.find(({ files }) => files.test(file)) ?? { warn: 300, fail: 400 };

const tooLong = (source: TextFile): readonly Violation[] => {
  const { fail } = limitOf(source.file);
  const lines = linesOf(source);
  if (lines <= fail) return [];
  const mend = 'an export with its own reason to change has its own file';
  return [{ file: source.file, line: fail + 1, rule: `${lines} lines, at most ${fail}`, mend }];
};

/** Every source that is no test. */
const measured = (root: string): readonly TextFile[] =>
  [
    ...packageSources(root),
    ...['tools', 'examples', 'bench', 'integration'].flatMap((folder) => sourcesOf(root, folder)),
  ].filter(({ file }) => !isTest(file));

/** Files near the limit, to be named and let pass. */
export const sizeWarnings = (root: string): readonly string[] =>
  measured(root)
    .filter((source) => linesOf(source) > limitOf(source.file).warn)
    .map((source) => `${source.file}: ${linesOf(source)} lines, aim at ${limitOf(source.file).warn}`);

/** Length, and every way out of the type checker. */
export const sizeViolations = (root: string): readonly Violation[] => {
  const sources = measured(root);
  return [
    ...refuseEmpty(sources.length, 'packages'),
    ...sources.flatMap((source) => [...tooLong(source), ...escapesOf(source)]),
  ];
};

if (isMain(import.meta)) {
  for (const warning of sizeWarnings(workspace)) console.warn(`warning  ${warning}`);
  report('length, any, ! and @ts-ignore in packages, tools, examples, bench, integration', sizeViolations(workspace));
}
