import type { Attack } from './attack.ts';
import { bodies } from './attacks/bodies.ts';
import { cookies } from './attacks/cookies.ts';
import { cors } from './attacks/cors.ts';
import { csrf } from './attacks/csrf.ts';
import { email } from './attacks/email.ts';
import { emailChange } from './attacks/email-change.ts';
import { enrolment } from './attacks/enrolment.ts';
import { enumeration } from './attacks/enumeration.ts';
import { enumerationByWork } from './attacks/enumeration-by-work.ts';
import { framework } from './attacks/framework.ts';
import { injection } from './attacks/injection.ts';
import { jwt } from './attacks/jwt.ts';
import { knownPasswords } from './attacks/known-passwords.ts';
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
import { sessionEnds } from './attacks/session-ends.ts';
import { sessions } from './attacks/sessions.ts';
import { tokens } from './attacks/tokens.ts';

/** Every attack, class by class. */
export const attacks: readonly Attack[] = [
  ...passwords,
  ...knownPasswords,
  ...enumeration,
  ...enumerationByWork,
  ...email,
  ...emailChange,
  ...tokens,
  ...linkMails,
  ...sessions,
  ...sessionEnds,
  ...sessionControl,
  ...cookies,
  ...csrf,
  ...cors,
  ...redirects,
  ...limits,
  ...mfa,
  ...enrolment,
  ...jwt,
  ...refresh,
  ...oauth,
  ...providerLies,
  ...injection,
  ...bodies,
  ...leaks,
  ...framework,
];
