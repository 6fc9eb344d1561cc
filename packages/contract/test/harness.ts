import { memoryStores } from '@sallyport/core';
import { type Stores, StoreUnavailableError } from '@sallyport/core/ports';
import { type Through, viewOf } from '../src/broken/through.ts';
import type { ContractOptions } from '../src/index.ts';

const refused: Through = async (operation) => {
  throw new StoreUnavailableError(operation, { cause: new Error('connection refused') });
};

export const unreachable = (): Stores => viewOf(memoryStores(), refused);

/** The first call is done, and its answer is lost; the next are answered. */
const loseFirst = (): Through => {
  let isLost = false;
  return async (operation, call) => {
    const answer = await call();
    if (isLost) return answer;
    isLost = true;
    throw new StoreUnavailableError(operation, { cause: new Error('connection reset') });
  };
};

/** Two clients of one memory, and what an outage looks like. */
export const memoryOptions = (stores: Stores = memoryStores()): ContractOptions<Stores> => ({
  clients: [viewOf(stores), viewOf(stores)],
  unreachable: unreachable(),
  lostAnswer: () => viewOf(stores, loseFirst()),
});
