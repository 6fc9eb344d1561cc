import { compiled } from './compiled.ts';

/** `pnpm bench:storage [rounds] [file]`: what stands between the core and its databases, beside the drivers alone. */
await compiled('storage/run', process.argv.slice(2));
