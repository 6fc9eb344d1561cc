// @ts-check
import { call } from './api.js';
import { plan } from './form.js';
import { isLinkRefused, takeToken } from './link-token.js';
import { show, the } from './page.js';
import { passwordFields } from './password-field.js';

/** @typedef {import('./api.js').Problem} Problem */

passwordFields();
const token = takeToken();

const conflict = { message: 'The account was changed at the same moment, and the link is spent. Ask for a new one.' };

/** @param {Problem} problem */
const refused = (problem) => {
  if (isLinkRefused(problem)) show('invalid');
  if (problem.code === 'login_taken') show('taken');
};

plan(the('confirm', HTMLFormElement), {
  send: () => call('POST', '/auth/change-email/confirm', { token }),
  special: { conflict },
  refused: (problem) => {
    // Nobody is signed in here, or somebody else is.
    if (problem.code === 'invalid_credentials') show('password');
    else refused(problem);
  },
  done: () => show('done'),
});

plan(the('confirm-with-password', HTMLFormElement), {
  send: ({ password }) => call('POST', '/auth/change-email/confirm', { token, password }),
  special: { conflict, invalid_credentials: { fields: { password: 'This is not the password of that account.' } } },
  refused,
  done: () => show('done'),
});

show(token === '' ? 'no-token' : 'confirm');
