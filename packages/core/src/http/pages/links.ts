import { isSecret } from '../../primitives/secret.ts';
import { escapeHtml } from '../../primitives/text.ts';
import type { PageText } from './layout.ts';

/** The paths that links in mails open, and the routes that their forms post to: the same. */
export type LinkPath = '/verify-email' | '/reset-password' | '/change-email/confirm' | '/change-email/revert';

interface Form {
  readonly text: string;
  readonly button: string;
  readonly password?: 'current' | 'new';
}

interface Words {
  readonly title: string;
  readonly forms: readonly Form[];
  readonly done: PageText;
}

const words: { readonly [path in LinkPath]: Words } = {
  '/verify-email': {
    title: 'Confirm your e-mail address',
    forms: [
      { text: 'This completes your registration.', button: 'Confirm' },
      {
        text: 'Did you register in another browser? Confirm with your password.',
        button: 'Confirm with password',
        password: 'current',
      },
    ],
    done: { title: 'Your address is confirmed', body: '<p>You can sign in now.</p><p><a href="/">Go on</a></p>' },
  },
  '/reset-password': {
    title: 'Choose a new password',
    forms: [{ text: 'It ends every session of your account.', button: 'Set the password', password: 'new' }],
    done: {
      title: 'Your password is set',
      body: '<p>Sign in with it; every other session has ended.</p><p><a href="/">Go on</a></p>',
    },
  },
  '/change-email/confirm': {
    title: 'Confirm your new e-mail address',
    forms: [
      { text: 'Your account gets this address.', button: 'Confirm' },
      {
        text: 'Not signed in in this browser? Confirm with your password.',
        button: 'Confirm with password',
        password: 'current',
      },
    ],
    done: {
      title: 'Your address is changed',
      body: '<p>From now on you sign in with it.</p><p><a href="/">Go on</a></p>',
    },
  },
  '/change-email/revert': {
    title: 'Take your old e-mail address back',
    forms: [
      {
        text: 'Your account gets this address again, its password is cleared and every session ends. A link to set a new password is mailed to you.',
        button: 'Take it back',
      },
    ],
    done: {
      title: 'Your old address is back',
      body: '<p>Look into its mailbox: a link to set a new password is there.</p>',
    },
  },
};

/** A button, and only the button does something: mail scanners open links, too. */
export const linkPage = (path: LinkPath, url: URL, basePath: string): PageText => {
  const given = url.searchParams.get('token') ?? '';
  // What is no token of ours is not written into a page.
  const token = isSecret(given) ? given : '';
  const action = escapeHtml(basePath + path);
  const hidden = [
    `<input type="hidden" name="token" value="${token}">`,
    `<input type="hidden" name="returnTo" value="${action}/done">`,
  ].join('');
  const { title, forms } = words[path];
  const body = forms.map(
    ({ text, button, password }) =>
      `<form method="post" action="${action}">${hidden}<p>${text}</p>${password === undefined ? '' : field(password)}<button>${button}</button></form>`,
  );
  return { title, body: body.join('<hr>') };
};

export const donePage = (path: LinkPath): PageText => words[path].done;

const field = (password: 'current' | 'new'): string =>
  `<label>${password === 'new' ? 'New password' : 'Password'}<input type="password" name="password" autocomplete="${password}-password" required></label>`;
