import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Locked, lockedIn } from './pnpm-lock.ts';
import { isMain, refuseEmpty, report, type Violation, workspace } from './report.ts';

export const noticeFile = 'THIRD-PARTY.md';

/** Permissive ones, which ask for no more than their notice. */
const welcome = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT-0']);

interface Part {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  /** What wants it, where that is not the package itself. */
  readonly by: string | null;
  /** A binary of `by` for one platform, of which a machine has no more than its own. */
  readonly isBinary: boolean;
}

/** pnpm adds the peers to a version: `1.0.0(react@19.0.0)`. */
const plain = (version: string): string => version.replace(/\(.*$/, '');

const partsOf = (folder: string, { importers, snapshots }: Locked): readonly Part[] => {
  const found = new Map<string, Part>();
  const visit = (name: string, version: string, by: Part | null): void => {
    const isBinary = by !== null && name.startsWith(`${by.name}-`) && plain(version) === by.version;
    const part = { folder, name, version: plain(version), by: by?.name ?? null, isBinary };
    const key = `${name}@${version}`;
    if (found.has(key)) return;
    found.set(key, part);
    const { dependencies = {}, optional = {} } = snapshots.get(key) ?? {};
    for (const [next, at] of Object.entries({ ...dependencies, ...optional })) visit(next, at, part);
  };
  const own = Object.entries(importers.get(folder) ?? {});
  for (const [name, version] of own) visit(name, version, null);
  return [...found.values()];
};

/** `name@version` to the licence that its manifest names, of everything that is installed. */
const licencesIn = (root: string, wanted: ReadonlySet<string>): ReadonlyMap<string, string> => {
  const store = join(root, 'node_modules/.pnpm');
  const names = new Set([...wanted].map((key) => key.slice(0, key.lastIndexOf('@'))));
  const found = new Map<string, string>();
  for (const entry of existsSync(store) ? readdirSync(store) : [])
    for (const name of names) {
      const path = join(store, entry, 'node_modules', name, 'package.json');
      if (!entry.startsWith(`${name.replace('/', '+')}@`) || !existsSync(path)) continue;
      const { version, license }: { version?: unknown; license?: unknown } = JSON.parse(readFileSync(path, 'utf8'));
      if (typeof license === 'string') found.set(`${name}@${version}`, license);
    }
  return found;
};

const head = `# Third parties

What the published packages want at run time, at the versions of pnpm-lock.yaml. It is installed beside them, with its own notice;
none of it is copied. Peers (Express, Hono, Next.js, React, pg) are the application's own choice.

What is copied is a list: the common passwords in \`@sallyport/core\` are \`passwords-common\` of \`@zxcvbn-ts/language-common\` 4.1.3 (MIT), copyright
2012-2016 Dan Wheeler and Dropbox, Inc., 2021 @zxcvbn-ts. The notice stands above it, in the built file, too.

Written by \`tsx tools/third-party.ts --write\`, and held to the lockfile by the same tool.

| package | wants | version | licence |
|---|---|---|---|`;

/** The text of THIRD-PARTY.md, and what stands in its way. */
export const notices = (root: string): { readonly text: string; readonly violations: readonly Violation[] } => {
  const locked = lockedIn(readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8'));
  const folders = [...locked.importers.keys()].filter((folder) => folder.startsWith('packages/')).toSorted();
  const parts = folders.flatMap((folder) => partsOf(folder, locked)).filter(({ isBinary }) => !isBinary);
  const licences = licencesIn(root, new Set(parts.map(({ name, version }) => `${name}@${version}`)));
  const rows = parts.map(({ folder, name, version, by }) => {
    const via = by === null ? '' : `, through \`${by}\``;
    const licence = licences.get(`${name}@${version}`) ?? '?';
    return `| \`@sallyport/${folder.slice('packages/'.length)}\` | \`${name}\`${via} | ${version} | ${licence} |`;
  });
  const violations = parts.flatMap(({ folder, name, version }): readonly Violation[] => {
    const licence = licences.get(`${name}@${version}`);
    if (licence !== undefined && welcome.has(licence)) return [];
    const rule =
      licence === undefined
        ? `${name}@${version} is not installed, or names no licence`
        : `${name} is under ${licence}`;
    return [{ file: `${folder}/package.json`, line: 1, rule, mend: 'pnpm install; then look at its licence' }];
  });
  return {
    text: `${[head, ...rows].join('\n')}\n`,
    violations: [...refuseEmpty(parts.length, 'pnpm-lock.yaml'), ...violations],
  };
};

/** The file says what the lockfile does, and every licence is one that packages under MIT can want. */
export const noticeViolations = (root: string): readonly Violation[] => {
  const { text, violations } = notices(root);
  const path = join(root, noticeFile);
  const stale = !existsSync(path) || readFileSync(path, 'utf8') !== text;
  const mend = 'tsx tools/third-party.ts --write';
  return stale
    ? [...violations, { file: noticeFile, line: 1, rule: 'is not what the lockfile says', mend }]
    : violations;
};

if (isMain(import.meta)) {
  if (process.argv.includes('--write')) writeFileSync(join(workspace, noticeFile), notices(workspace).text);
  report('THIRD-PARTY.md is what pnpm-lock.yaml says, under licences that we can want', noticeViolations(workspace));
}
