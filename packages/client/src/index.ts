export type { AuthClient, AuthClientOptions, Calls } from './client.ts';
export { createAuthClient } from './create-client.ts';
export { AuthClientError, type AuthClientErrorInit, type ClientCode } from './error.ts';
export type { CallName } from './routes.ts';
export type { Channel, Locks, Runtime } from './runtime.ts';
export type { Listener, SignedIn } from './standing.ts';
