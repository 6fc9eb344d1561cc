// @ts-check
import { call } from './api.js';
import { empty, plan } from './form.js';
import { say, the } from './page.js';

/** @param {import('./sessions.js').Needs & { readonly changed: () => Promise<void> }} needs */
export const changePassword = ({ changed, refused, proof }) => {
  const form = the('change-password', HTMLFormElement);
  plan(form, {
    send: async ({ current, password }) => {
      say('');
      return proof.during(() => call('POST', '/auth/change-password', { current, password }));
    },
    special: { invalid_credentials: { fields: { current: 'This is not your current password.' } } },
    refused: (problem) => {
      if (problem.code === 'unauthenticated') refused(problem);
    },
    done: async () => {
      empty(form);
      await changed();
      say('Your password is changed. Every other browser is signed out.');
      window.scrollTo(0, 0);
    },
  });
  return {
    /** What was typed does not wait for the next person. */
    forget: () => empty(form),
    /**
     * Whose password it is, so that a password manager updates the right one.
     * @param {string} email
     */
    belongsTo: (email) => {
      the('change-email', HTMLInputElement).defaultValue = email;
    },
  };
};
