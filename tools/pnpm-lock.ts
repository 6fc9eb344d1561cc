/** Names and versions, as pnpm writes them: `jose` to `6.2.18`. */
export type Wants = Readonly<Record<string, string>>;

export interface Locked {
  /** What each package of the workspace wants at run time, by its folder; what is linked inside the workspace is left out. */
  readonly importers: ReadonlyMap<string, Wants>;
  /** What each package of the registry wants in its turn, by `name@version`. */
  readonly snapshots: ReadonlyMap<string, { readonly dependencies: Wants; readonly optional: Wants }>;
}

const bare = (text: string): string => text.replace(/^'(.*)'$/, '$1');

/** The lines under `head`, which is at `indent` spaces, without that and what is above it. */
const under = (lines: readonly string[], head: string, indent: number): readonly string[] => {
  const start = lines.indexOf(`${' '.repeat(indent)}${head}:`);
  if (start === -1) return [];
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => line !== '' && !line.startsWith(' '.repeat(indent + 1)));
  return (end === -1 ? rest : rest.slice(0, end)).filter((line) => line !== '');
};

/** The keys at `indent` spaces. */
const keysOf = (lines: readonly string[], indent: number): readonly string[] =>
  lines.flatMap((line) => {
    const [, key] = new RegExp(`^ {${indent}}(\\S.*?):(?: \\{\\})?$`).exec(line) ?? [];
    return key === undefined ? [] : [key];
  });

/** `name: version` at `indent` spaces. */
const pairsOf = (lines: readonly string[], indent: number): Wants =>
  Object.fromEntries(
    lines.flatMap((line) => {
      const [, name, version] = new RegExp(`^ {${indent}}(\\S+): (\\S+)$`).exec(line) ?? [];
      return name === undefined || version === undefined ? [] : [[bare(name), bare(version)]];
    }),
  );

const importerOf = (lines: readonly string[]): Wants => {
  const wanted = ['dependencies', 'optionalDependencies'].flatMap((kind) => {
    const block = under(lines, kind, 4);
    return keysOf(block, 6).map((name) => [bare(name), pairsOf(under(block, name, 6), 8)['version'] ?? ''] as const);
  });
  return Object.fromEntries(wanted.filter(([, version]) => !version.startsWith('link:')));
};

/** Reads the part of pnpm-lock.yaml (lockfileVersion 9.0) that says who wants whom. */
export const lockedIn = (text: string): Locked => {
  const lines = text.split('\n');
  const importers = under(lines, 'importers', 0);
  const snapshots = under(lines, 'snapshots', 0);
  return {
    importers: new Map(keysOf(importers, 2).map((folder) => [bare(folder), importerOf(under(importers, folder, 2))])),
    snapshots: new Map(
      keysOf(snapshots, 2).map((key) => {
        const block = under(snapshots, key, 2);
        return [
          bare(key),
          {
            dependencies: pairsOf(under(block, 'dependencies', 4), 6),
            optional: pairsOf(under(block, 'optionalDependencies', 4), 6),
          },
        ];
      }),
    ),
  };
};
