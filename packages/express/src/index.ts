export { BodyConsumedError } from './body.ts';
export { type ExpressAuth, type ExpressAuthOptions, expressAuth, type Handler, type Proved } from './express-auth.ts';
export type { OnError } from './request.ts';
export type { ExpressRequest, ExpressResponse, Middleware, Next } from './wire.ts';
