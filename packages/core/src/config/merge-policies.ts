import type { ConfigIssue } from '../errors.ts';
import { defaultPolicies, type Policies, type PolicyName } from '../primitives/policies.ts';
import type { PolicyOverride } from './options.ts';

const isName = (name: string): name is PolicyName => Object.hasOwn(defaultPolicies, name);
const isWhole = (value: number, least: number): boolean =>
  Number.isInteger(value) && value >= least && value <= 10 ** 10;

/** The defaults with the application's changes, and what is wrong with those. */
export const mergePolicies = (
  overrides: Readonly<Record<string, PolicyOverride>>,
): { readonly merged: Policies; readonly issues: readonly ConfigIssue[] } => {
  const issues: ConfigIssue[] = [];
  const merged: { [name in PolicyName]: Policies[name] } = { ...defaultPolicies };
  for (const [name, override] of Object.entries(overrides)) {
    const path = `limits.${name}`;
    if (!isName(name)) {
      issues.push({
        code: 'limit_unknown',
        path,
        message: 'There is no such policy.',
        fix: `One of ${Object.keys(defaultPolicies).join(', ')}.`,
      });
      continue;
    }
    const policy = { ...defaultPolicies[name], ...override };
    if (!isWhole(policy.burst, 1) || !isWhole(policy.refillMs, 1)) {
      issues.push({
        code: 'limit_invalid',
        path,
        message: 'burst and refillMs must be whole numbers from 1 on.',
        fix: 'E.g. { burst: 10, refillMs: minutes(1) }.',
      });
    }
    if (policy.onStoreError === 'allow' && policy.subject !== 'address') {
      issues.push({
        code: 'limit_invalid',
        path,
        message: 'Only a limit on addresses alone may let requests pass while its store is down.',
        fix: "Leave onStoreError at 'deny'.",
      });
    }
    merged[name] = policy;
  }
  return { merged, issues };
};
