import type { Hook } from '../api/hooks.ts';
import type { ClientIp } from '../api/request.ts';
import type { MasterSecret } from '../primitives/master-secret.ts';
import type { Policies } from '../primitives/policies.ts';

export type PageName = 'verifyEmail' | 'resetPassword' | 'changeEmail' | 'revertEmail' | 'secondFactor' | 'error';

/** The options once they were found to be right, with every default filled in. */
export interface Settings {
  readonly mode: 'production' | 'development';
  readonly origin: string;
  readonly basePath: string;
  readonly trustedOrigins: readonly string[];
  readonly secrets: readonly [MasterSecret, ...MasterSecret[]];
  readonly clientIp: ClientIp;
  readonly registration: 'verified' | 'open' | 'closed';
  readonly session: {
    readonly idleMs: number;
    readonly absoluteMs: number;
    readonly touchEveryMs: number;
    readonly revocationLagMs: number;
    readonly stepUpWindowMs: number;
  };
  readonly verifyMs: number;
  readonly resetMs: number;
  readonly stateMs: number;
  readonly challengeMs: number;
  readonly bodyLimit: number;
  readonly appName: string | null;
  readonly policies: Policies;
  readonly beforeRegister: Hook;
  readonly beforeSession: Hook;
  /** Absolute URLs. */
  readonly pages: { readonly [name in PageName]: string };
}
