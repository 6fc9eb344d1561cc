import { betterAuth } from 'better-auth';
import { magicLink, twoFactor } from 'better-auth/plugins';
import type { Pool } from 'pg';
import { totp } from '../../../src/totp.ts';
import { origin } from './application.ts';

/** What the suite has no step for: it is not seen from outside, or belongs to a plugin that its profiles do not know. */
export interface Beside {
  /** Whether a token of a reset link stands in the database as it was mailed. */
  readonly resetTokenIsReadable: boolean;
  /** Whether what stands in the database is all of a session cookie. */
  readonly sessionCookieIsReadable: boolean;
  /** Whether a magic link signs somebody in who has a second factor, without asking for it. */
  readonly magicLinkSkipsSecondFactor: boolean;
}

type Json = Record<string, unknown>;

export const lookBeside = async (pool: Pool): Promise<Beside> => {
  const mails: { readonly token: string; readonly url: string }[] = [];
  const keep = async ({ token, url }: { token: string; url: string }): Promise<void> => {
    mails.push({ token, url });
  };
  const { handler } = betterAuth({
    baseURL: origin,
    secret: 'iL0bMz3v1Yw7cQ2n8R5tX9aKfPjHd4sGeUuVoWqNyTk',
    database: pool,
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    emailAndPassword: { enabled: true, sendResetPassword: keep },
    plugins: [twoFactor(), magicLink({ sendMagicLink: keep })],
  });
  let cookie = '';
  const ask = async (method: 'GET' | 'POST', path: string, body: Json = {}): Promise<Json | null> => {
    const answer = await handler(
      new Request(path.startsWith('https:') ? path : `${origin}/api/auth${path}`, {
        method,
        headers: { origin, cookie, 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
        ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
      }),
    );
    const set = answer.headers.getSetCookie().map((line) => line.split(';', 1)[0] ?? '');
    if (set.some((line) => line.includes('session_token='))) cookie = set.join('; ');
    const text = await answer.text();
    return text.startsWith('{') ? (JSON.parse(text) as Json) : null;
  };
  const account = { email: `beside-${crypto.randomUUID()}@attacks.example`, password: 'zebra lantern 7 anchor' };

  await ask('POST', '/sign-up/email', { ...account, name: 'Somebody' });
  // Of an account that never proved its address, a magic link takes everything away: that is another matter.
  await pool.query('update "user" set "emailVerified" = true where email = $1', [account.email]);
  const value = decodeURIComponent(/session_token=([^;]+)/.exec(cookie)?.[1] ?? '');
  await ask('POST', '/request-password-reset', { email: account.email });
  const reset = mails.at(-1)?.token ?? 'no mail';
  const { rows: tokens } = await pool.query('select token from session');
  const { rows: links } = await pool.query('select identifier from verification');

  const proposal = await ask('POST', '/two-factor/enable', { password: account.password });
  const secret = new URL(String(proposal?.['totpURI'])).searchParams.get('secret') ?? '';
  await ask('POST', '/two-factor/verify-totp', { code: await totp(secret, Date.now()) });
  cookie = '';
  const due = await ask('POST', '/sign-in/email', account);
  if (due?.['twoFactorRedirect'] !== true) throw new Error('the second factor is not asked for after a password');
  cookie = '';
  await ask('POST', '/sign-in/magic-link', { email: account.email });
  await ask('GET', mails.at(-1)?.url ?? '');
  const session = await ask('GET', '/get-session');
  const user = session?.['user'] as Json | undefined;
  if (user !== undefined && user['twoFactorEnabled'] !== true) throw new Error('the account has no second factor');
  return {
    resetTokenIsReadable: links.some(({ identifier }) => String(identifier).includes(reset)),
    sessionCookieIsReadable: tokens.some(({ token }) => token === value),
    magicLinkSkipsSecondFactor: user !== undefined,
  };
};
