import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface TextFile {
  /** Under the root, with forward slashes. */
  readonly file: string;
  readonly text: string;
}

const left = new Set(['node_modules', 'dist', 'coverage']);

const walk = (root: string, folder: string): readonly string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return left.has(entry.name) || entry.name.startsWith('.') ? [] : walk(root, path);
    return entry.isFile() ? [path] : [];
  });

/** Every file under the root whose path matches, in a stable order; `folder` narrows where to look. */
export const filesOf = (root: string, folder: string, pattern: RegExp): readonly TextFile[] => {
  if (!existsSync(join(root, folder))) return [];
  const paths = walk(root, folder).filter((path) => pattern.test(path));
  return paths.sort().map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));
};

const typescript = /(?<!\.d)\.[cm]?tsx?$/;

export const sourcesOf = (root: string, folder: string): readonly TextFile[] => filesOf(root, folder, typescript);

/** Tests stand beside the code as `x.test.ts`, or in a folder of their own. */
export const isTest = (file: string): boolean => /\.test\.[cm]?tsx?$|(?:^|\/)(?:test|testing)\//.test(file);

/** The sources of every package, tests included. */
export const packageSources = (root: string): readonly TextFile[] =>
  sourcesOf(root, 'packages').filter(({ file }) => /^packages\/[^/]+\/src\//.test(file));
