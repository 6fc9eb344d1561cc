import { compiled } from './compiled.ts';

/**
 * `pnpm bench:growth [exponent] [file]`: cost and size at 10^3, 10^5 and 10^exponent sessions (default 7, which takes half an
 * hour and 12 GB of disk), Redis to 10^6, and what other tables would have cost.
 */
await compiled('growth/run', process.argv.slice(2));
