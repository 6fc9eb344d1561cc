import { digest } from './digest.ts';
import { isSecret } from './secret.ts';

/** The version in front lets a later form be told from this one. */
const prefix = 'v1.';

export const sessionCookie = (secret: string): string => `${prefix}${secret}`;

/** The id of the session that a cookie speaks of; `null` for what is no cookie of ours. */
export const sessionIdOf = (cookie: string): string | null => {
  if (!cookie.startsWith(prefix)) return null;
  const secret = cookie.slice(prefix.length);
  return isSecret(secret) ? digest('session', secret) : null;
};
