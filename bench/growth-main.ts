import { compiled } from './compiled.ts';

/**
 * `pnpm bench:growth [exponent] [file]`: cost and size at 10^3, 10^5 and 10^exponent sessions (default 7, which takes half an
 * hour, 10 GB of disk and 8 GB of memory), and what other tables would have cost.
 */
await compiled('growth-run', process.argv.slice(2));
