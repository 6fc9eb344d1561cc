import { compiled } from './compiled.ts';

/** `pnpm bench:peers [--quick] [--rounds N] [--only part-of-a-name] [--out file]`: ours beside other libraries and beside floors. */
await compiled('peers/run', process.argv.slice(2));
