import type { Attack } from './attack.ts';
import { cookies } from './attacks/cookies.ts';
import { csrf } from './attacks/csrf.ts';
import { email } from './attacks/email.ts';
import { enumeration } from './attacks/enumeration.ts';
import { framework } from './attacks/framework.ts';
import { injection } from './attacks/injection.ts';
import { limits } from './attacks/limits.ts';
import { passwords } from './attacks/passwords.ts';
import { redirects } from './attacks/redirects.ts';
import { sessions } from './attacks/sessions.ts';
import { tokens } from './attacks/tokens.ts';

/** Every attack, class by class. */
export const attacks: readonly Attack[] = [
  ...passwords,
  ...enumeration,
  ...email,
  ...tokens,
  ...sessions,
  ...cookies,
  ...csrf,
  ...redirects,
  ...limits,
  ...injection,
  ...framework,
];
