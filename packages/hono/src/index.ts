export type { ConnInfo } from './context.ts';
export { type Handler, type HonoAuth, type HonoAuthOptions, honoAuth, type Proved, type Signed } from './hono-auth.ts';
export { BodyConsumedError, type OnError } from './request.ts';
