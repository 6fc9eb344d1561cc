export type {
  AdminApi,
  Auth,
  AuthApi,
  CsrfRequest,
  Done,
  HeaderSource,
  Identity,
  Login,
  Operations,
  Source,
} from './config/auth.ts';
export type { Feature } from './config/feature.ts';
export type {
  AuthOptions,
  ClientIp,
  Hook,
  HookInput,
  PolicyOverride,
  RequestContext,
  Requirement,
} from './config/options.ts';
export type { Out, SchemaIssue, SchemaResult, StandardSchema } from './config/standard-schema.ts';
export { createAuth } from './create-auth.ts';
export { consoleEvents, consoleNotifier } from './development/console.ts';
export {
  AuthConfigError,
  AuthProblem,
  BusyError,
  type ConfigIssue,
  type ErrorCode,
  type Problem,
  StoreUnavailableError,
} from './errors.ts';
export { type PasswordOptions, password } from './features/password.ts';
export { portableHasher } from './hasher/portable.ts';
export type { ListedSession, PublicSession, PublicUser } from './http/view.ts';
export { type MemoryLimits, memoryStores } from './memory/stores.ts';
export type * from './ports.ts';
export { type Argon2Params, argon2Default, isBelowOwaspFloor, isWeakerArgon2 } from './primitives/argon2-params.ts';
export { boundedQueue } from './primitives/bounded-queue.ts';
export { type Phc, parsePhc } from './primitives/phc.ts';
export { days, hours, minutes, seconds } from './primitives/time.ts';
