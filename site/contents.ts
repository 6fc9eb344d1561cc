export interface Section {
  readonly title: string;
  /** Pages by their path on the site, in the order of reading. */
  readonly pages: readonly string[];
}

/** The table of contents. Every page of `docs/` is in it once. */
export const contents: readonly Section[] = [
  {
    title: 'Start',
    pages: [
      'guide/getting-started',
      'guide/configuration',
      'guide/registration',
      'guide/sessions',
      'guide/sessions-or-tokens',
      'guide/tokens',
      'guide/browser-client',
    ],
  },
  {
    title: 'Sign in',
    pages: [
      'guide/passwords',
      'guide/second-factor',
      'guide/sign-in-with-google',
      'guide/provider-tokens',
      'guide/recovery',
    ],
  },
  { title: 'Protect', pages: ['threat-model', 'guide/csrf', 'guide/limits', 'guide/attack-your-application'] },
  { title: 'Frameworks', pages: ['guide/express', 'guide/hono', 'guide/nextjs', 'guide/edge'] },
  { title: 'Store and send', pages: ['guide/storage', 'guide/postgres', 'guide/redis', 'guide/mail'] },
  { title: 'Operate', pages: ['guide/operating', 'guide/events', 'guide/command-line', 'guide/migrate'] },
  { title: 'Extend', pages: ['guide/write-a-storage-adapter', 'architecture', 'performance', 'roadmap'] },
  {
    title: 'Reference',
    pages: [
      'reference/http',
      'reference/errors',
      'reference/configuration-errors',
      'reference/refresh-tokens',
      'reference/evidence',
      'reference/better-auth',
    ],
  },
];
