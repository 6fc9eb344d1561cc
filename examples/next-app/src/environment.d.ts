declare namespace NodeJS {
  interface ProcessEnv {
    /** Declared, so that it can be written as Next looks for it: with a dot. */
    readonly NEXT_RUNTIME?: 'nodejs' | 'edge';
  }
}
