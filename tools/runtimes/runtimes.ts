import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Runtime {
  readonly name: string;
  /** The program, and what stands before the file; `null` = there is none for this computer. */
  readonly command: readonly [string, ...string[]] | null;
}

const at = (path: string): string => fileURLToPath(new URL(`node_modules/${path}`, import.meta.url));

/** Each binary is an optional dependency: it is there where its maker ships one for this computer. */
const firstOf = (paths: readonly string[], args: readonly string[]): Runtime['command'] => {
  const found = paths.map(at).find(existsSync);
  return found === undefined ? null : [found, ...args];
};

const deno = [
  'run',
  '--no-prompt',
  '--no-remote',
  '--allow-net=127.0.0.1',
  '--allow-env',
  '--allow-read',
  '--allow-sys',
];

export const runtimes: readonly Runtime[] = [
  { name: `Node ${process.versions.node}, which runs this`, command: [process.execPath] },
  { name: 'Node 22.23.3', command: firstOf(['node22/bin/node'], []) },
  { name: 'Node 24.21.0', command: firstOf(['node24/bin/node'], []) },
  {
    name: 'Deno 2.9.5',
    command: firstOf(['@deno/linux-x64-glibc/deno', '@deno/linux-arm64-glibc/deno', '@deno/darwin-arm64/deno'], deno),
  },
  {
    name: 'Bun 1.4.5',
    command: firstOf(
      ['linux-x64', 'linux-aarch64', 'darwin-aarch64'].map((at) => `@oven/bun-${at}/bin/bun`),
      [],
    ),
  },
];

/** What runs without sockets, and why the rest of the story is not told there. */
export interface Edge {
  readonly name: string;
  readonly leftOut: Readonly<Record<string, string>>;
}

const noSockets = 'a server of Node needs its sockets';

export const workerd: Edge = {
  name: 'workerd 1.20260730',
  leftOut: { 'Express on a socket': noSockets, 'Hono on a socket': noSockets },
};

export const vercelEdge: Edge = {
  name: "Vercel's edge runtime 5.0.0",
  leftOut: { ...workerd.leftOut, D1: 'a binding of workerd' },
};

/** Why not every runtime can be tried here; `null` = each can. */
export const whyNotEverywhere = (): string | null => {
  const missing = runtimes.filter(({ command }) => command === null).map(({ name }) => name);
  return missing.length === 0 ? null : `no ${missing.join(', ')} for ${process.platform} on ${process.arch}`;
};
