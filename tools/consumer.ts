import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMain, refuseEmpty, report, type Violation, workspace } from './report.ts';
import { type Outcome, pnpmQuietly, toolQuietly } from './run.ts';

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly bin?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const manifestOf = (path: string): Manifest => JSON.parse(readFileSync(path, 'utf8')) as Manifest;

/** Frameworks that would fill a disk; the tests of their own packages build whole applications with them. */
const heavy = ['next', 'react'];

interface Packed {
  readonly manifest: Manifest;
  readonly tarball: string;
}

const pack = (root: string, into: string): readonly Packed[] =>
  readdirSync(join(root, 'packages'))
    .map((name) => join(root, 'packages', name))
    .map((folder) => ({ folder, manifest: manifestOf(join(folder, 'package.json')) }))
    .filter(({ manifest }) => manifest.private !== true)
    .filter(({ manifest }) => !Object.keys(manifest.peerDependencies ?? {}).some((name) => heavy.includes(name)))
    .map(({ folder, manifest }) => {
      const { ok, output } = pnpmQuietly(['pack', '--pack-destination', into], folder);
      if (!ok) throw new Error(output);
      const start = `${manifest.name.replace('@', '').replace('/', '-')}-`;
      const tarball = readdirSync(into).find((file) => file.startsWith(start) && /^\d/.test(file.slice(start.length)));
      return { manifest, tarball: join(into, tarball ?? '') };
    });

/** Every path that a program may import. */
const pathsOf = ({ name, exports = {} }: Manifest): readonly string[] =>
  Object.keys(exports)
    .filter((path) => !path.endsWith('.json'))
    .map((path) => name + path.slice(1));

const options = {
  compilerOptions: {
    strict: true,
    module: 'nodenext',
    target: 'es2022',
    lib: ['es2023', 'dom', 'dom.iterable'],
    exactOptionalPropertyTypes: true,
    types: ['node'],
    outDir: 'out',
  },
  include: ['*.ts'],
};

/** An empty project on this Node: installs the tarballs with npm, compiles a program under strict types, and runs it. */
const consume = (root: string, into: string): readonly (readonly [step: string, outcome: Outcome])[] => {
  const packed = pack(root, into);
  const own = Object.fromEntries(packed.map(({ manifest, tarball }) => [manifest.name, `file:${tarball}`]));
  const bare = manifestOf(join(root, 'tools/consumer/package.json'));
  const dependencies = { ...bare.dependencies, ...own };
  writeFileSync(join(into, 'package.json'), JSON.stringify({ ...bare, dependencies, overrides: own }));
  writeFileSync(join(into, 'tsconfig.json'), JSON.stringify(options));
  copyFileSync(join(root, 'tools/consumer/program.ts'), join(into, 'program.ts'));
  const imports = packed.flatMap((one) => pathsOf(one.manifest)).map((path) => `await import('${path}');\n`);
  writeFileSync(join(into, 'imports.ts'), `export {};\n${imports.join('')}console.log(${imports.length});\n`);
  const steps: readonly (readonly [string, ...string[]])[] = [
    ['npm', 'install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'],
    [process.execPath, 'node_modules/typescript/bin/tsc', '-p', '.'],
    [process.execPath, 'out/imports.js'],
    [process.execPath, 'out/program.js'],
  ];
  const done: (readonly [string, Outcome])[] = [];
  for (const step of steps) {
    const outcome = toolQuietly(step, into);
    done.push([step.slice(1).join(' '), outcome]);
    if (!outcome.ok) break;
  }
  return done;
};

/** What a stranger meets who installs what would be published. */
export const consumerViolations = (root: string): readonly Violation[] => {
  const into = mkdtempSync(join(tmpdir(), 'sallyport-consumer-'));
  try {
    const steps = consume(root, into);
    const mend = 'build the packages; then mend exports, files, dependencies or the types';
    const failed = steps.filter(([, { ok }]) => !ok);
    const violation = ([step, { output }]: (typeof steps)[number]): Violation => {
      return { file: 'tools/consumer/program.ts', line: 1, rule: `${step}:\n${output.trimEnd()}`, mend };
    };
    return [...refuseEmpty(steps.length, 'packages'), ...failed.map(violation)];
  } finally {
    rmSync(into, { recursive: true, force: true });
  }
};

if (isMain(import.meta)) report('an empty project on the packed packages', consumerViolations(workspace));
