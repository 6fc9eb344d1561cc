// @ts-check
import { call } from './api.js';
import { plan } from './form.js';
import { show, the } from './page.js';
import { passwordFields } from './password-field.js';

passwordFields();

// Read once and taken out of the address bar: it should not stay in the history, nor in a screenshot.
const token = new URLSearchParams(location.search).get('token') ?? '';
history.replaceState(null, '', location.pathname);

plan(the('confirm', HTMLFormElement), {
  send: () => call('POST', '/auth/verify-email', { token }),
  refused: (code) => {
    if (code === 'invalid_credentials') show('password');
    // A token that was cut off on the way may not even look like one.
    if (code === 'token_invalid' || code === 'validation_failed') show('invalid');
  },
  done: () => show('done'),
});

plan(the('confirm-with-password', HTMLFormElement), {
  send: ({ password }) => call('POST', '/auth/verify-email', { token, password }),
  special: { invalid_credentials: { fields: { password: 'This is not the password of that registration.' } } },
  refused: (code) => {
    if (code === 'token_invalid') show('invalid');
  },
  done: () => show('done'),
});

show(token === '' ? 'no-token' : 'confirm');
