import { type Refusal, refuse } from '../../errors.ts';
import type { Failed } from '../../modules/oauth-client/client.ts';
import type { Caller, Journal } from '../../ports/journal.ts';

interface Failure {
  readonly provider: string;
  readonly failed: Failed;
}

/** The operator learns where it broke, by words of ours; the browser that it did. */
export const noteFailure = (journal: Journal, caller: Caller, { provider, failed }: Failure): Refusal => {
  const where = failed.reason === 'provider_failed' ? { phase: failed.phase, why: failed.why } : {};
  journal.note(caller, 'oauth.refused', { code: failed.reason, data: { provider, ...where } });
  return refuse(failed.reason);
};
