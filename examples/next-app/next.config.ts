import type { NextConfig } from 'next';

const config: NextConfig = {
  // The workspace, whose packages are linked.
  turbopack: { root: new URL('../..', import.meta.url).pathname },
  // `tsc` looks at this folder with all the others.
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
  // The routes of the SDK say this for themselves.
  headers: async () => [
    {
      source: '/((?!auth/).*)',
      headers: [
        { key: 'content-security-policy', value: "frame-ancestors 'none'; base-uri 'none'; form-action 'self'" },
        { key: 'x-content-type-options', value: 'nosniff' },
        // Links carry tokens. Not `no-referrer`: with it a form without JavaScript comes with `Origin: null`, and is refused.
        { key: 'referrer-policy', value: 'same-origin' },
      ],
    },
  ],
};
export default config;
