import type { AuthProblem } from '../errors.ts';
import type { Caller, Journal } from '../ports/journal.ts';
import { authProblem, refusalOfThrown } from './problem.ts';
import { traceOf } from './trace.ts';

/** What was thrown, as an answer; where it happened goes into the journal and nowhere else. */
export const failure = (journal: Journal, caller: Caller, error: unknown): AuthProblem => {
  const refusal = refusalOfThrown(error);
  journal.note(caller, 'request.failed', { code: refusal.reason, data: traceOf(error) });
  return authProblem(refusal, caller.requestId);
};
