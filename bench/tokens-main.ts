import { compiled } from './compiled.ts';

/** `pnpm bench:tokens [rounds] [file]`: prints every figure as median and spread, and writes them as JSON where a file is named. */
await compiled('tokens/run', process.argv.slice(2));
