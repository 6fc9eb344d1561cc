// @ts-check

import { call } from './api.js';
import { empty, plan } from './form.js';
import { say, the } from './page.js';

/** @typedef {import('./sessions.js').Needs} Needs */

/**
 * Asks for a link to another address. Nothing changes before it is opened.
 * @param {Needs} needs
 */
export const changeAddress = ({ refused, proof }) => {
  const form = the('change-address', HTMLFormElement);
  plan(form, {
    send: ({ email }) => {
      say('');
      return proof.during(() => call('POST', '/auth/change-email', { email }));
    },
    refused: (problem) => {
      if (problem.code === 'unauthenticated') refused(problem);
    },
    done: ({ email = '' }) => {
      empty(form);
      // The same words when the address is somebody else's.
      say(`We have written to ${email}. Nothing changes until the link in that mail is opened.`);
    },
  });
  return { forget: () => empty(form) };
};
