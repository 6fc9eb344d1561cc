import { memoryStores, type Stores } from '../src/index.ts';

let make: () => Stores = memoryStores;

/** Stores that nobody has written to. */
export const freshStores = (): Stores => make();

/** From here on tests run on these: how the same stories are told to real databases. */
export const bringStores = (factory: () => Stores): void => {
  make = factory;
};

/** Where every call is one synchronous step, what begins together is known to overlap. */
export const areInMemory = (): boolean => make === memoryStores;
