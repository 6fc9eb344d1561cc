import { importsOf, isRelative, target } from './imports.ts';
import type { Violation } from './report.ts';
import { packageSources } from './tree.ts';

interface Edge {
  readonly to: string;
  readonly line: number;
}

const byName = /^@sallyport\/([^/]+)(?:\/(.+))?$/;

const fileOf = (from: string, specifier: string): string => {
  if (isRelative(specifier)) return target(from, specifier);
  const [, name = '', entry = 'index'] = byName.exec(specifier) ?? [];
  return `packages/${name}/src/${entry}.ts`;
};

const edgesOf = (root: string): ReadonlyMap<string, readonly Edge[]> => {
  const sources = packageSources(root);
  const known = new Set(sources.map(({ file }) => file));
  const edges = (source: (typeof sources)[number]): readonly Edge[] =>
    importsOf(source)
      .filter(({ typeOnly }) => !typeOnly)
      .map(({ specifier, line }) => ({ to: fileOf(source.file, specifier), line }))
      .filter(({ to }) => known.has(to));
  return new Map(sources.map((source) => [source.file, edges(source)]));
};

/** Depth first; each edge back into the path that is being walked closes a cycle. */
export const cycleViolations = (root: string): readonly Violation[] => {
  const graph = edgesOf(root);
  const done = new Set<string>();
  const found: Violation[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (done.has(file)) return;
    const here = [...path, file];
    for (const { to, line } of graph.get(file) ?? []) {
      const start = here.indexOf(to);
      if (start === -1) visit(to, here);
      else {
        const rule = `cycle of value imports: ${[...here.slice(start), to].join(' -> ')}`;
        found.push({ file, line, rule, mend: 'import the type alone, or move what both need below them' });
      }
    }
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
};
