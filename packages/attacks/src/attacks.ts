import type { Attack } from './attack.ts';
import { cookies } from './attacks/cookies.ts';
import { csrf } from './attacks/csrf.ts';
import { email } from './attacks/email.ts';
import { enumeration } from './attacks/enumeration.ts';
import { framework } from './attacks/framework.ts';
import { injection } from './attacks/injection.ts';
import { jwt } from './attacks/jwt.ts';
import { leaks } from './attacks/leaks.ts';
import { limits } from './attacks/limits.ts';
import { linkMails } from './attacks/link-mails.ts';
import { mfa } from './attacks/mfa.ts';
import { oauth } from './attacks/oauth.ts';
import { passwords } from './attacks/passwords.ts';
import { providerLies } from './attacks/provider-lies.ts';
import { redirects } from './attacks/redirects.ts';
import { refresh } from './attacks/refresh.ts';
import { sessionControl } from './attacks/session-control.ts';
import { sessions } from './attacks/sessions.ts';
import { tokens } from './attacks/tokens.ts';

/** Every attack, class by class. */
export const attacks: readonly Attack[] = [
  ...passwords,
  ...enumeration,
  ...email,
  ...tokens,
  ...linkMails,
  ...sessions,
  ...sessionControl,
  ...cookies,
  ...csrf,
  ...redirects,
  ...limits,
  ...mfa,
  ...jwt,
  ...refresh,
  ...oauth,
  ...providerLies,
  ...injection,
  ...leaks,
  ...framework,
];
