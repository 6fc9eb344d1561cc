import ts from 'typescript';
import { importsOf, lineOf, parse } from './imports.ts';
import { isMain, refuseEmpty, report, type Violation, workspace } from './report.ts';
import { isTest, packageSources, type TextFile } from './tree.ts';

const clock = 'take a Clock';
const random = 'take a Random';
const timers = 'take the timers of system/';
const nowhere = 'no code asks where it runs: what differs comes in as a port or an option';

/** A global that only `system/` touches -> what to do instead. */
const globals: Readonly<Record<string, string>> = {
  Date: clock,
  performance: clock,
  Math: 'Math is used as Math.name(...) alone, and never Math.random()',
  setTimeout: timers,
  setInterval: timers,
  setImmediate: timers,
  process: nowhere,
  Buffer: 'use Uint8Array and primitives/bytes',
};

/** Forbidden as a member of whatever object, and as a plain name. */
const members: Readonly<Record<string, string>> = { getRandomValues: random, randomUUID: random, NODE_ENV: nowhere };

const isGlobalObject = (node: ts.Node): boolean => {
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) return isGlobalObject(node.expression);
  return ts.isIdentifier(node) && /^(?:globalThis|self|window)$/.test(node.text);
};

/** `x.Date` and `{ Date: 1 }` name a member, not the global; `globalThis.Date` is the global. */
const isMemberName = (node: ts.Node): boolean => {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node && !isGlobalObject(parent.expression);
  const named = ts.isPropertyAssignment(parent) || ts.isClassElement(parent) || ts.isTypeElement(parent);
  return named && parent.name === node;
};

const isPlainMath = ({ parent }: ts.Identifier): boolean =>
  ts.isPropertyAccessExpression(parent) && parent.name.text !== 'random';

const namedBy = (node: ts.Node): string | null => {
  if (ts.isIdentifier(node)) return node.text;
  const isKey = ts.isStringLiteralLike(node) && (ts.isElementAccessExpression(node.parent) || node.text === 'NODE_ENV');
  return isKey ? node.text : null;
};

const mendFor = (node: ts.Node, inType: boolean): string | undefined => {
  const name = namedBy(node);
  if (name === null) return undefined;
  if (Object.hasOwn(members, name)) return members[name];
  if (!Object.hasOwn(globals, name) || (inType && name !== 'Buffer')) return undefined;
  if (!ts.isIdentifier(node))
    return isGlobalObject((node.parent as ts.ElementAccessExpression).expression) ? globals[name] : undefined;
  if (isMemberName(node) || (name === 'Math' && isPlainMath(node))) return undefined;
  return globals[name];
};

const violationsOf = (source: TextFile): readonly Violation[] => {
  const found: Violation[] = importsOf(source)
    .filter(({ specifier }) => specifier.startsWith('node:'))
    .map(({ specifier, line }) => ({ file: source.file, line, rule: `imports '${specifier}'`, mend: nowhere }));
  const visit = (node: ts.Node, inType: boolean): void => {
    const mend = mendFor(node, inType);
    if (mend !== undefined)
      found.push({ file: source.file, line: lineOf(node), rule: `uses ${node.parent.getText().split('\n')[0]}`, mend });
    ts.forEachChild(node, (child) => visit(child, inType || ts.isTypeNode(child)));
  };
  visit(parse(source), false);
  return found;
};

/** Time, chance, timers and the runtime are asked for in `system/` alone; whether it can hash at once, by a door of `vendor/`. */
export const forbiddenViolations = (root: string): readonly Violation[] => {
  const sources = packageSources(root).filter(
    ({ file }) => /^packages\/core\/src\/(?!system\/|vendor\/node-crypto\.ts$)/.test(file) && !isTest(file),
  );
  return [...refuseEmpty(sources.length, 'packages/core/src'), ...sources.flatMap(violationsOf)];
};

if (isMain(import.meta))
  report('no clock, chance, timer or runtime in the core outside its doors', forbiddenViolations(workspace));
