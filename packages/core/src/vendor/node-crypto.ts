/** `crypto.hash` of Node 20.16 and newer, and of what is compatible with it. */
export type OneShotHash = (algorithm: 'sha256', text: string, encoding: 'base64url') => string;

interface Platform {
  readonly process?: {
    getBuiltinModule?(name: 'node:crypto'): { readonly hash?: OneShotHash } | undefined;
  };
}

/** The door to `node:crypto`, which other runtimes and their bundlers need not know. */
export const oneShotHash = (): OneShotHash | undefined =>
  (globalThis as Platform).process?.getBuiltinModule?.('node:crypto')?.hash;
