import ts from 'typescript';
import { parse } from './imports.ts';
import type { TextFile } from './tree.ts';

/** `it.each(…)` is `['it', 'each']`; what is no chain of names and calls ends it. */
const chainOf = (node: ts.Node): readonly string[] => {
  if (ts.isIdentifier(node)) return [node.text];
  if (ts.isPropertyAccessExpression(node)) return [...chainOf(node.expression), node.name.text];
  if (ts.isCallExpression(node)) return chainOf(node.expression);
  return ts.isTaggedTemplateExpression(node) ? chainOf(node.tag) : [];
};

const titleIn = (node: ts.CallExpression): string | null => {
  const [title] = node.arguments;
  if (title === undefined) return null;
  if (ts.isStringLiteralLike(title)) return title.text;
  return ts.isTemplateExpression(title) ? title.getText().slice(1, -1) : null;
};

const starts = new Set(['describe', 'it', 'test']);
const idle = new Set(['skip', 'todo']);

/** The titles of every test and group of tests that runs, as they are written: `%s` and `${name}` stay. */
export const titlesOf = (file: TextFile): readonly string[] => {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const [first = '', ...rest] = chainOf(node.expression);
      if (starts.has(first) && rest.some((name) => idle.has(name))) return;
      const title = starts.has(first) ? titleIn(node) : null;
      if (title !== null) found.push(title);
    }
    ts.forEachChild(node, visit);
  };
  visit(parse(file));
  return found;
};
