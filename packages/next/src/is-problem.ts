import type { AuthProblem } from '@sallyport/core';

/** By name: Next may load the core once for pages and once for routes, and each has a class of its own. */
export const isProblem = (error: unknown): error is AuthProblem =>
  error instanceof Error && error.name === 'AuthProblem' && 'problem' in error;
