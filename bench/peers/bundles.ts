import { type Bundle, bundle } from '../../tools/bundle.ts';

export interface BundleSize {
  readonly name: string;
  readonly of: 'ours' | 'peer';
  /** Bytes with gzip of what is loaded at once. */
  readonly gzipped: number;
  readonly minified: number;
  /** Bytes with gzip of what is loaded on demand. */
  readonly later: number;
}

const cases: readonly (Pick<BundleSize, 'name' | 'of'> & { readonly code: string })[] = [
  {
    name: 'Sallyport: createAuth, password',
    of: 'ours',
    code: "export { createAuth, password } from '@sallyport/core'",
  },
  {
    name: 'Sallyport: the same, Express, Redis and Postgres stores',
    of: 'ours',
    code: `export { createAuth, password } from '@sallyport/core'; export { expressAuth } from '@sallyport/express';
      export { fromNodeRedis, redisStores } from '@sallyport/redis'; export { fromPg, postgresStores } from '@sallyport/postgres'`,
  },
  { name: 'Sallyport: verifyAccessToken', of: 'ours', code: "export * from '@sallyport/core/verify'" },
  { name: 'better-auth/minimal', of: 'peer', code: "export { betterAuth } from 'better-auth/minimal'" },
  { name: 'better-auth', of: 'peer', code: "export { betterAuth } from 'better-auth'" },
  { name: 'iron-session', of: 'peer', code: "export { getIronSession } from 'iron-session'" },
  { name: 'jose: jwtVerify', of: 'peer', code: "export { jwtVerify, createRemoteJWKSet } from 'jose'" },
];

/** The built packages, bundled for Node, minified, with gzip; drivers of databases are nobody's. */
export const bundleSizes = async (root: string): Promise<readonly BundleSize[]> => {
  const sizes: BundleSize[] = [];
  for (const { name, of, code } of cases) {
    const { gzipped, minified, later }: Bundle = await bundle(root, { code, from: 'bench', anywhere: false });
    sizes.push({ name, of, gzipped, minified, later });
  }
  return sizes;
};
