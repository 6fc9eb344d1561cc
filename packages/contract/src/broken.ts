export { type BrokenStores, brokenStores } from './broken/all.ts';
export { caughtBy, selfTest } from './broken/self-test.ts';
