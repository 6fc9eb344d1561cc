// @ts-check
import { call } from './api.js';
import { plan } from './form.js';
import { isLinkRefused, takeToken } from './link-token.js';
import { show, the } from './page.js';

const token = takeToken();

plan(the('revert', HTMLFormElement), {
  send: () => call('POST', '/auth/change-email/revert', { token }),
  refused: (problem) => {
    if (isLinkRefused(problem)) show('invalid');
    if (problem.code === 'login_taken') show('taken');
  },
  done: () => show('done'),
});

show(token === '' ? 'no-token' : 'confirm');
