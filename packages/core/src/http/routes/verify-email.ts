import type { SendVerificationFlow } from '../../flows/send-verification.ts';
import type { VerifyEmailFlow } from '../../flows/verify-email.ts';
import { isSecret } from '../../primitives/secret.ts';
import { escapeHtml } from '../../primitives/text.ts';
import { address, optional, password, token } from '../input.ts';
import { pageHtml } from '../pages.ts';
import { type Page, type Route, reply, route } from '../route.ts';

interface Needs {
  readonly verifyEmail: VerifyEmailFlow;
  readonly sendVerification: SendVerificationFlow;
  readonly basePath: string;
}

export const verifyEmailRoute = ({ verifyEmail }: Needs): Route =>
  route({
    name: 'verifyEmail',
    method: 'POST',
    path: '/verify-email',
    takesForms: true,
    input: { token, password: optional(password) },
    run: async (input, exchange) => {
      const verified = await verifyEmail(exchange.caller, {
        token: input.token,
        password: input.password,
        flow: exchange.flow(),
        subject: await exchange.subject(),
      });
      return verified.ok ? reply(204, null) : verified;
    },
  });

/** `202` always: the answer does not tell whether there is anything to confirm. */
export const sendVerificationRoute = ({ sendVerification }: Needs): Route =>
  route({
    name: 'sendVerification',
    method: 'POST',
    path: '/verify-email/send',
    takesForms: true,
    input: { email: address },
    run: async (input, exchange) => {
      const sent = await sendVerification(exchange.caller, input.email.loginKey);
      return sent.ok ? reply(202, { status: 'check_email' }) : sent;
    },
  });

/** What the link in the mail opens: it shows a button, and only the button confirms (mail scanners open links too). */
export const verifyEmailPage = ({ basePath }: Needs): Page => ({
  path: '/verify-email',
  render: (url) => {
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
    return pageHtml({ title: 'Confirm your e-mail address', body: body.join('') });
  },
});

export const verifyEmailDonePage = (): Page => ({
  path: '/verify-email/done',
  render: () =>
    pageHtml({ title: 'Your address is confirmed', body: '<p>You can sign in now.</p><p><a href="/">Go on</a></p>' }),
});
