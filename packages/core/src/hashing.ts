export { AuthConfigError } from './errors.ts';
export { type PortableHasherOptions, portableHasher } from './hasher/portable.ts';
export {
  type Argon2Params,
  argon2CostOf,
  argon2Default,
  isBelowOwaspFloor,
  isComputableArgon2,
  isWeakerArgon2,
} from './primitives/argon2-params.ts';
export { boundedQueue, type QueueBounds } from './primitives/bounded-queue.ts';
export { formatPhc, type Phc, parsePhc } from './primitives/phc.ts';
