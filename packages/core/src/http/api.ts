import type { Done } from '../api/auth.ts';
import type { RequestContext, Source } from '../api/request.ts';
import { AuthConfigError } from '../errors.ts';
import type { Journal } from '../ports/journal.ts';
import type { OpenExchange } from './exchange.ts';
import { failure } from './failure.ts';
import { authProblem } from './problem.ts';
import type { OperationName, Route } from './route.ts';

export type Operation = (input: unknown, source: Source, context?: RequestContext) => Promise<Done<unknown>>;

interface Needs {
  readonly routes: readonly Route[];
  readonly open: OpenExchange;
  readonly journal: Journal;
}

const names = [
  'register',
  'login',
  'loginMfa',
  'logout',
  'session',
  'sessions',
  'revokeSession',
  'stepUp',
  'factors',
  'enrolTotp',
  'confirmTotp',
  'renameFactor',
  'removeFactor',
  'regenerateRecoveryCodes',
  'changePassword',
  'verifyEmail',
  'sendVerification',
  'forgotPassword',
  'resetPassword',
  'changeEmail',
  'confirmEmailChange',
  'revertEmailChange',
  'startOAuth',
  'finishOAuth',
  'linkAccount',
  'accounts',
  'unlinkAccount',
  'deleteAccount',
  'refresh',
  'revoke',
  'jwks',
] as const satisfies readonly OperationName[];

/** The routes once more, for server code: the same input gate, limits and policies; refusals are thrown. */
export const operations = ({ routes, open, journal }: Needs): Readonly<Record<OperationName, Operation>> => {
  const operation = (name: OperationName): Operation => {
    const route = routes.find((candidate) => candidate.name === name);
    if (route === undefined) return async () => Promise.reject(notInstalled(name));
    return async (input, source, context = {}) => {
      const exchange = open(source, context);
      const outcome = await route.run(input, exchange).catch((error: unknown) => {
        throw failure(journal, exchange.caller, error);
      });
      if (!outcome.ok) throw authProblem(outcome, exchange.requestId);
      return { value: outcome.value, cookies: outcome.cookies };
    };
  };
  return Object.fromEntries(names.map((name) => [name, operation(name)])) as Record<(typeof names)[number], Operation>;
};

const notInstalled = (name: string): AuthConfigError =>
  new AuthConfigError([
    {
      code: 'feature_missing',
      path: 'features',
      message: `auth.api.${name} belongs to a feature that is not listed.`,
      fix: 'Add the feature, e.g. password(), to features.',
    },
  ]);
