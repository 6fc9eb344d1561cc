// @ts-check
import { call } from './api.js';
import { plan } from './form.js';
import { isLinkRefused, takeToken } from './link-token.js';
import { show, the } from './page.js';
import { passwordFields } from './password-field.js';

passwordFields();
const token = takeToken();

plan(the('reset', HTMLFormElement), {
  send: ({ password }) => call('POST', '/auth/reset-password', { token, password }),
  special: {
    conflict: { message: 'The account was changed at the same moment, and the link is spent. Ask for a new one.' },
  },
  refused: (problem) => {
    if (isLinkRefused(problem)) show('invalid');
  },
  done: () => show('done'),
});

show(token === '' ? 'no-token' : 'choose');
