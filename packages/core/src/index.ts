export type {
  AdminApi,
  Auth,
  AuthApi,
  Done,
  Identity,
  Login,
  Operations,
  ProviderToken,
  ProviderTokenRequest,
  SignInWish,
  Tokens,
} from './api/auth.ts';
export type { Hook, HookInput } from './api/hooks.ts';
export type { ClientIp, CsrfRequest, HeaderSource, RequestContext, Requirement, Source } from './api/request.ts';
export type { Out, SchemaIssue, SchemaResult, StandardSchema } from './api/standard-schema.ts';
export type { LinkedAccount, ListedSession, PublicFactor, PublicSession, PublicUser } from './api/view.ts';
export { createAuth } from './composition/create-auth.ts';
export type { Feature } from './config/feature.ts';
export type { AuthOptions, PolicyOverride } from './config/options.ts';
export { consoleEvents, consoleNotifier } from './development/console.ts';
export {
  AuthConfigError,
  AuthProblem,
  BusyError,
  type ConfigIssue,
  type ErrorCode,
  type InputFlaw,
  type PasswordFlaw,
  type Problem,
  StoreUnavailableError,
} from './errors.ts';
export type { JwtKey } from './features/jwt/keys.ts';
export { type JwtOptions, jwt } from './features/jwt.ts';
export { type PasswordOptions, password } from './features/password.ts';
export { type TotpOptions, totp } from './features/totp.ts';
export { type MemoryLimits, memoryStores } from './memory/stores.ts';
export type * from './ports/background.ts';
export type * from './ports/breach.ts';
export type * from './ports/clock.ts';
export type * from './ports/domain.ts';
export type * from './ports/events.ts';
export type * from './ports/hasher.ts';
export type * from './ports/http.ts';
export type * from './ports/json.ts';
export type * from './ports/keyring.ts';
export type * from './ports/notifier.ts';
export type * from './ports/oauth-provider.ts';
export type * from './ports/random.ts';
export type * from './ports/rate-limits.ts';
export type * from './ports/records.ts';
export type * from './ports/secret-box.ts';
export type * from './ports/signer.ts';
export type * from './ports/stores.ts';
export type * from './ports/users.ts';
export { days, hours, minutes, seconds } from './primitives/time.ts';
