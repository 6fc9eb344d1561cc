export type { Actions, Answered, Refused } from './actions.ts';
export { type Handlers, type NextAuth, nextAuth, type PageRequirement, type Proved } from './next-auth.ts';
export type { ProxyOptions } from './proxy.ts';
