import { isSecret } from '../../primitives/secret.ts';
import { escapeHtml } from '../../primitives/text.ts';
import type { PageText } from './layout.ts';

/** What the link in the mail opens: it shows a button, and only the button confirms (mail scanners open links too). */
export const verifyEmailPage = (url: URL, basePath: string): PageText => {
  const given = url.searchParams.get('token') ?? '';
  // What is no token of ours is not written into a page.
  const value = isSecret(given) ? escapeHtml(given) : '';
  const action = `method="post" action="${escapeHtml(basePath)}/verify-email"`;
  const hidden = [
    `<input type="hidden" name="token" value="${value}">`,
    `<input type="hidden" name="returnTo" value="${escapeHtml(basePath)}/verify-email/done">`,
  ].join('');
  const body = [
    `<form ${action}>${hidden}<p>This completes your registration.</p><button>Confirm</button></form><hr>`,
    `<form ${action}>${hidden}<p>Did you register in another browser? Confirm with your password.</p>`,
    '<label>Password<input type="password" name="password" autocomplete="current-password" required></label>',
    '<button>Confirm with password</button></form>',
  ];
  return { title: 'Confirm your e-mail address', body: body.join('') };
};

export const verifyEmailDonePage = (): PageText => ({
  title: 'Your address is confirmed',
  body: '<p>You can sign in now.</p><p><a href="/">Go on</a></p>',
});
