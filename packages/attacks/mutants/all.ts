import { csrf } from './csrf.ts';
import { email } from './email.ts';
import { enumeration } from './enumeration.ts';
import { framework } from './framework.ts';
import { injection } from './injection.ts';
import { jwt } from './jwt.ts';
import { limits } from './limits.ts';
import { mfa } from './mfa.ts';
import type { Mutant } from './mutant.ts';
import { oauth } from './oauth.ts';
import { passwords } from './passwords.ts';
import { redirects } from './redirects.ts';
import { refresh } from './refresh.ts';
import { sessions } from './sessions.ts';
import { tokens } from './tokens.ts';

export const mutants: readonly Mutant[] = [
  ...passwords,
  ...enumeration,
  ...email,
  ...tokens,
  ...sessions,
  ...csrf,
  ...redirects,
  ...limits,
  ...mfa,
  ...jwt,
  ...refresh,
  ...oauth,
  ...injection,
  ...framework,
];
