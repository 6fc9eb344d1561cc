import { posix } from 'node:path';
import ts from 'typescript';
import type { TextFile } from './tree.ts';

export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** Gone from the emitted JavaScript: `import type`, `export type`, `typeof import()`, or `type` on every name. */
  readonly typeOnly: boolean;
}

export const parse = ({ file, text }: TextFile): ts.SourceFile =>
  ts.createSourceFile(
    file,
    text,
    ts.ScriptTarget.Latest,
    true,
    file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
  );

export const lineOf = (node: ts.Node): number => {
  const source = node.getSourceFile();
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
};

const allTypes = (names: readonly { readonly isTypeOnly: boolean }[]): boolean =>
  names.length > 0 && names.every((name) => name.isTypeOnly);

const isTypeImport = (clause: ts.ImportClause | undefined): boolean => {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = clause.namedBindings;
  return (
    clause.name === undefined && bindings !== undefined && ts.isNamedImports(bindings) && allTypes(bindings.elements)
  );
};

const isTypeExport = ({ isTypeOnly, exportClause }: ts.ExportDeclaration): boolean =>
  isTypeOnly || (exportClause !== undefined && ts.isNamedExports(exportClause) && allTypes(exportClause.elements));

const isLoad = (node: ts.CallExpression): boolean =>
  node.expression.kind === ts.SyntaxKind.ImportKeyword || node.expression.getText() === 'require';

/** The specifier's node and whether only types pass; `null` for any other node. */
const imported = (node: ts.Node): readonly [ts.Node | undefined, boolean] | null => {
  if (ts.isImportDeclaration(node)) return [node.moduleSpecifier, isTypeImport(node.importClause)];
  if (ts.isExportDeclaration(node)) return [node.moduleSpecifier, isTypeExport(node)];
  if (ts.isExternalModuleReference(node)) return [node.expression, false];
  if (ts.isImportTypeNode(node)) return [ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true];
  if (ts.isCallExpression(node) && isLoad(node)) return [node.arguments[0], false];
  return null;
};

/** Every import of a file, dynamic ones included. A computed `import()` has the expression's text as its specifier. */
export const importsOf = (file: TextFile): readonly Import[] => {
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    const [specifier, typeOnly] = imported(node) ?? [];
    if (specifier !== undefined) {
      const text = ts.isStringLiteralLike(specifier) ? specifier.text : specifier.getText();
      found.push({ specifier: text, line: lineOf(node), typeOnly: typeOnly === true });
    }
    ts.forEachChild(node, visit);
  };
  visit(parse(file));
  return found;
};

export const isRelative = (specifier: string): boolean => /^\.{1,2}(?:\/|$)/.test(specifier);

/** The file that a relative specifier names; `.js` may be written for `.ts`. */
export const target = (from: string, specifier: string): string =>
  posix.join(posix.dirname(from), specifier).replace(/\.([cm]?)js(x?)$/, '.$1ts$2');
