import { type Bundle, bundle, type Wanted } from './bundle.ts';
import { isMain, report, type Violation, workspace } from './report.ts';

const KB = 1024;

export interface Case extends Wanted {
  readonly name: string;
  /** Bytes with gzip of what is loaded at once. */
  readonly limit: number;
  /** An earlier case whose bulk must not be in what is loaded at once. */
  readonly apart?: string;
  /** Input files that may be loaded on demand alone. */
  readonly late?: RegExp;
}

const never = /node_modules\/(?:jose|otpauth|oauth4webapi)\//;

/** Parts of the core that neither a check of a session nor a sign-in needs, by the names of their chunks. */
const parts =
  'account|recovery|endings|late-modules|second-factors?|password-policy|portable|layout|links|error|navigation|fields|http';
const lateParts = new RegExp(`packages/core/dist/(?:${parts})-`);

export const cases: readonly Case[] = [
  {
    name: 'core/common-passwords',
    code: "export * from '@sallyport/core/common-passwords'",
    limit: 9 * KB,
    anywhere: true,
    never,
  },
  {
    name: 'core: createAuth, password',
    code: "export { createAuth, password } from '@sallyport/core'",
    limit: 25 * KB,
    anywhere: true,
    never,
    late: lateParts,
    apart: 'core/common-passwords',
  },
  {
    name: 'core: createAuth, password, totp',
    code: "export { createAuth, password, totp } from '@sallyport/core'",
    limit: 26 * KB,
    anywhere: true,
    never: /node_modules\/(?:jose|oauth4webapi)\//,
    late: new RegExp(`${lateParts.source}|node_modules/otpauth/`),
    apart: 'core/common-passwords',
  },
  {
    name: 'core/verify',
    code: "export * from '@sallyport/core/verify'",
    limit: 6 * KB,
    anywhere: true,
    never: /node_modules\/(?:otpauth|oauth4webapi)\/|argon2|memory/,
    late: /node_modules\/jose\//,
  },
  {
    name: 'client',
    code: "export * from '@sallyport/client'",
    from: 'examples/spa',
    limit: 5 * KB,
    anywhere: true,
    never: /packages\/(?!client\/)|node_modules\/(?!@sallyport\/client\/)/,
  },
  {
    name: 'core: createAuth, password, oauth, google',
    code: "export { createAuth, password } from '@sallyport/core'; export { oauth, google } from '@sallyport/core/oauth'",
    limit: 34 * KB,
    anywhere: true,
    never: /node_modules\/(?:jose|otpauth)\//,
    late: /node_modules\/oauth4webapi\//,
    apart: 'core/common-passwords',
  },
  {
    name: 'express, the core apart',
    code: "export * from '@sallyport/express'",
    limit: 2 * KB,
    anywhere: false,
    external: ['@sallyport/core'],
  },
  {
    name: 'hono, the core and Hono apart',
    code: "export * from '@sallyport/hono'",
    limit: 2 * KB,
    anywhere: true,
    external: ['@sallyport/core', 'hono'],
    from: 'examples/hono-worker',
  },
  {
    name: 'd1, the core apart',
    code: "export * from '@sallyport/d1'",
    limit: 2 * KB,
    anywhere: true,
    external: ['@sallyport/core'],
    from: 'examples/hono-worker',
  },
  {
    name: 'next, the core, Next and React apart',
    code: "export * from '@sallyport/next'",
    limit: 2 * KB,
    anywhere: true,
    external: ['@sallyport/core', 'next/*', 'react'],
    from: 'examples/next-app',
  },
  {
    name: 'argon2, its binary and the core apart',
    code: "export * from '@sallyport/argon2'",
    limit: 1 * KB,
    anywhere: false,
    external: ['@sallyport/core', '@node-rs/argon2'],
  },
  {
    name: 'redis with ioredis, the core apart',
    code: "export { fromIoredis, redisStores } from '@sallyport/redis'",
    limit: 3 * KB,
    anywhere: true,
    external: ['@sallyport/core'],
  },
  {
    name: 'postgres, the core apart',
    code: "export { fromPg, fromPGlite, fromPostgresJs, postgresStores } from '@sallyport/postgres'",
    limit: 3 * KB,
    anywhere: true,
    external: ['@sallyport/core'],
  },
  {
    name: 'postgres with migrate, the core apart',
    code: "export * from '@sallyport/postgres'",
    limit: 3.5 * KB,
    anywhere: true,
    external: ['@sallyport/core'],
  },
];

/** The portable hasher is loaded by its first hash, and never where the application brings its own. */
const hasher = /@noble\/hashes\/(?:argon2|_?blake\w*|_u64)\.js$/;

const bytesOf = ({ inputs }: Bundle, which: (path: string, bytes: number) => boolean): number =>
  [...inputs].reduce((sum, [path, bytes]) => (which(path, bytes) ? sum + bytes : sum), 0);

/** The files that are half of a bundle or more. */
const bulkOf = (one: Bundle): readonly string[] =>
  [...one.inputs].filter(([, bytes]) => bytes * 2 >= one.minified).map(([path]) => path);

const header = [
  'bytes at once'.padEnd(44),
  'gzip'.padStart(16),
  'minified'.padStart(9),
  'argon2'.padStart(8),
  'later'.padStart(7),
].join('');

const rowOf = (one: Case, size: Bundle): string =>
  [
    one.name.padEnd(44),
    `${size.gzipped} of ${one.limit}`.padStart(16),
    `${size.minified}`.padStart(9),
    `${bytesOf(size, (path) => hasher.test(path))}`.padStart(8),
    `${size.later}`.padStart(7),
  ].join('');

const rulesOf = (one: Case, size: Bundle, apart: Bundle | undefined): readonly string[] => {
  const mixed = apart === undefined ? [] : bulkOf(apart).filter((path) => size.inputs.has(path));
  const early = [...size.inputs.keys()].filter((path) => one.late?.test(path));
  const tooBig = size.gzipped > one.limit ? [`${size.gzipped} bytes with gzip, at most ${one.limit}`] : [];
  return [...tooBig, ...size.faults, ...[...mixed, ...early].map((path) => `${path} is loaded at once, not on demand`)];
};

const mend = 'find what pulls it in: a value import where a type would do, or a static import of what is rarely needed';

/** Sizes and contents; `show` gets the table line by line. */
export const bundleViolations = async (
  root: string,
  all: readonly Case[],
  show: (line: string) => void,
): Promise<readonly Violation[]> => {
  const sizes = new Map<string, Bundle>();
  const found: Violation[] = [];
  show(header);
  for (const one of all) {
    const violation = (rule: string, how = mend): Violation => ({ file: one.name, line: 1, rule, mend: how });
    try {
      const size = await bundle(root, one);
      show(rowOf(one, size));
      found.push(...rulesOf(one, size, sizes.get(one.apart ?? '')).map((rule) => violation(rule)));
      sizes.set(one.name, size);
    } catch (error) {
      found.push(violation(String(error), 'build the packages first: pnpm build'));
    }
  }
  return found;
};

if (isMain(import.meta)) {
  report(`${cases.length} bundles of the built packages`, await bundleViolations(workspace, cases, console.log));
}
