import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { type Block, blocksOf } from './markdown.ts';
import { isMain, refuseEmpty, report, type Violation, workspace } from './report.ts';
import { filesOf } from './tree.ts';

const documents = /^(?:README|packages\/[^/]+\/README|docs\/(?!decisions\/).+)\.md$/;

/** Every block of TypeScript that a reader may copy. */
export const docsBlocks = (root: string): readonly Block[] =>
  filesOf(root, '', /\.md$/)
    .filter(({ file }) => documents.test(file))
    .flatMap(blocksOf);

const optionsOf = (root: string): ts.CompilerOptions => {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  return {
    ...options,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: ['node'],
    // A block is an application's code, not a library's.
    isolatedDeclarations: false,
    declaration: false,
    noUnusedLocals: false,
    noPropertyAccessFromIndexSignature: false,
  };
};

/** Where a block may find what it imports: its own package first, then every other one. */
const homesOf = (root: string): readonly string[] =>
  ['packages', 'examples']
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(root, folder, name)));

const hostOf = (root: string, options: ts.CompilerOptions, texts: ReadonlyMap<string, string>): ts.CompilerHost => {
  const disk = ts.createCompilerHost(options);
  const homes = homesOf(root).map((home) => join(home, 'block.ts'));
  const host: ts.CompilerHost = Object.assign(disk, {
    fileExists: (path: string) => texts.has(path) || ts.sys.fileExists(path),
    readFile: (path: string) => texts.get(path) ?? ts.sys.readFile(path),
    getCurrentDirectory: () => root,
  });
  host.resolveModuleNameLiterals = (names, from, redirected, _options, source) =>
    names.map((name) => {
      const mode = ts.getModeForUsageLocation(source, name, options);
      const resolve = (file: string) =>
        ts.resolveModuleName(name.text, file, options, host, undefined, redirected, mode);
      const all = texts.has(from) && !name.text.startsWith('.') ? [from, ...homes] : [from];
      const found = all.find((file) => resolve(file).resolvedModule !== undefined);
      return resolve(found ?? from);
    });
  return host;
};

const mend =
  'mend the block; declare what the text gives with <!-- with: … --> above the fence; or mark it ```ts no-check';

const violationOf = (block: Block, diagnostic: ts.Diagnostic): Violation => {
  const given = block.declarations === '' ? 0 : block.declarations.split('\n').length;
  const line = diagnostic.file?.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line ?? 0;
  const rule = `TS${diagnostic.code}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n    ')}`;
  return { file: block.file, line: Math.max(block.line - 1, block.line + line - given), rule, mend };
};

/** One program over all blocks and the sources of the workspace; nothing is written. */
export const docsViolations = (root: string): readonly Violation[] => {
  const blocks = docsBlocks(root).filter(({ skipped }) => !skipped);
  const byPath = new Map(
    blocks.map((block) => [ts.sys.resolvePath(join(root, `${block.file}.${block.line}.ts`)), block]),
  );
  const textOf = ({ declarations, code }: Block): string => (declarations === '' ? code : `${declarations}\n${code}`);
  const texts = new Map([...byPath].map(([path, block]) => [path, textOf(block)]));
  const options = optionsOf(root);
  const program = ts.createProgram([...byPath.keys()], options, hostOf(root, options, texts));
  const found = [...byPath].flatMap(([path, block]) => {
    const source = program.getSourceFile(path);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map((diagnostic) =>
      violationOf(block, diagnostic),
    );
  });
  return [...refuseEmpty(blocks.length, 'README.md'), ...found];
};

if (isMain(import.meta)) {
  const [checked, skipped] = [false, true].map((is) => docsBlocks(workspace).filter((block) => block.skipped === is));
  for (const { file, line } of skipped ?? []) console.warn(`skipped  ${file}:${line} is marked no-check`);
  report(`${checked?.length} blocks of the documentation, ${skipped?.length} skipped`, docsViolations(workspace));
}
