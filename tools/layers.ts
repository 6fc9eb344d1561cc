import { borderViolations, entries } from './borders.ts';
import { cycleViolations } from './cycles.ts';
import { importsOf, isRelative, target } from './imports.ts';
import { isMain, refuseEmpty, report, type Violation, workspace } from './report.ts';
import { isTest, packageSources } from './tree.ts';

const core = 'packages/core/src/';
const everything =
  'errors, vendor, primitives, ports (types), api (types), system, config, modules, flows, http, features, memory, hasher, development';

/**
 * Folder or file of the core -> what it may import; `(types)` stands for `import type` alone. A layer that does not name
 * itself holds siblings that do not know each other; a folder inside such a layer counts as one of them.
 */
export const layers: Readonly<Record<string, string>> = {
  errors: '',
  vendor: 'third party',
  primitives: 'primitives, vendor',
  ports: 'primitives (types), ports (types)',
  api: 'ports (types), errors (types), api (types)',
  system: 'ports (types), primitives, errors, system',
  config: 'api (types), ports (types), primitives, errors, features (types), http (types), modules (types), config',
  modules: 'ports (types), primitives, vendor, errors',
  flows: 'modules (types), ports (types), primitives, errors',
  http: 'api (types), flows (types), modules (types), ports (types), primitives, errors, http',
  features: 'api (types), config, modules, flows, http, hasher, ports (types), primitives, vendor, errors',
  memory: 'ports (types), primitives, vendor, errors, memory',
  hasher: 'ports (types), primitives, vendor, errors, system, hasher',
  development: 'ports (types), primitives, errors, development',
  composition: `${everything}, composition`,
  entry: `${everything}, composition`,
};

interface Place {
  readonly layer: string;
  /** The sibling: file or folder directly inside the layer. */
  readonly unit: string;
}

const placeOf = (file: string): Place | null => {
  const [head = '', sibling] = file.slice(core.length).replace(/\.ts$/, '').split('/');
  if (sibling === undefined && entries.includes(head)) return { layer: 'entry', unit: head };
  return head in layers && head !== 'entry' ? { layer: head, unit: `${head}/${sibling ?? ''}` } : null;
};

const mayImport = (from: Place, to: Place, typeOnly: boolean): boolean => {
  const allowed = (layers[from.layer] ?? '').split(', ');
  if (from.unit === to.unit) return true;
  return allowed.includes(to.layer) || (typeOnly && allowed.includes(`${to.layer} (types)`));
};

const outside: Place = { layer: 'third party', unit: 'third party' };

/** The layer table, for every file of the core that is no test. */
export const layerViolations = (root: string): readonly Violation[] => {
  const sources = packageSources(root).filter(({ file }) => file.startsWith(core) && !isTest(file));
  const found = sources.flatMap((source): readonly Violation[] => {
    const { file } = source;
    const from = placeOf(file);
    const unknown = (path: string, line: number): Violation => ({
      file,
      line,
      rule: `${path} is in no layer`,
      mend: 'move it into one, or add its folder to the table of tools/layers.ts with a reason',
    });
    if (from === null) return [unknown(file, 1)];
    return importsOf(source).flatMap(({ specifier, line, typeOnly }): readonly Violation[] => {
      const to = isRelative(specifier) ? placeOf(target(file, specifier)) : outside;
      if (to === null) return [unknown(specifier, line)];
      if (mayImport(from, to, typeOnly)) return [];
      const what = `${to.layer === from.layer ? 'another of ' : ''}${to.layer}${typeOnly ? ' (types)' : ''}`;
      const mend = `may import: ${layers[from.layer] || 'nothing'}; what differs comes in as an argument`;
      return [{ file, line, rule: `${from.layer} imports ${what}: '${specifier}'`, mend }];
    });
  });
  return [...refuseEmpty(sources.length, core), ...found];
};

if (isMain(import.meta)) {
  report(`layers of ${core}`, layerViolations(workspace));
  report('borders between packages', borderViolations(workspace));
  report('cycles of value imports in packages/*/src', cycleViolations(workspace));
}
