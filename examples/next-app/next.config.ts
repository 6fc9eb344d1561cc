import type { NextConfig } from 'next';

const config: NextConfig = {
  // The workspace, whose packages are linked.
  turbopack: { root: new URL('../..', import.meta.url).pathname },
  // `tsc` looks at this folder with all the others.
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
};
export default config;
