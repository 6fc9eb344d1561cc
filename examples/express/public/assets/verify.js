// @ts-check
import { call } from './api.js';
import { plan } from './form.js';
import { isLinkRefused, takeToken } from './link-token.js';
import { show, the } from './page.js';
import { passwordFields } from './password-field.js';

passwordFields();

const token = takeToken();

plan(the('confirm', HTMLFormElement), {
  send: () => call('POST', '/auth/verify-email', { token }),
  refused: (problem) => {
    if (problem.code === 'invalid_credentials') show('password');
    if (isLinkRefused(problem)) show('invalid');
  },
  done: () => show('done'),
});

plan(the('confirm-with-password', HTMLFormElement), {
  send: ({ password }) => call('POST', '/auth/verify-email', { token, password }),
  special: { invalid_credentials: { fields: { password: 'This is not the password of that registration.' } } },
  refused: (problem) => {
    if (isLinkRefused(problem)) show('invalid');
  },
  done: () => show('done'),
});

show(token === '' ? 'no-token' : 'confirm');
