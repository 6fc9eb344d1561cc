// @ts-check
import { call } from './api.js';
import { empty, plan } from './form.js';
import { the } from './page.js';
import { stepUpCode } from './step-up-code.js';

/** @typedef {import('./api.js').Answer} Answer */

/** Asks for the password, or for a code, again when an action wants a fresh proof, and then does the action. */
export const stepUp = () => {
  const byCode = stepUpCode();
  const dialog = the('step-up', HTMLDialogElement);
  const form = the('step-up-form', HTMLFormElement);
  /** @type {(proved: boolean) => void} */
  let settle = () => {};

  plan(form, {
    send: ({ password }) => call('POST', '/auth/step-up', { password }),
    // The session ended meanwhile: the action itself will be told so.
    refused: ({ code }) => {
      if (code === 'unauthenticated') dialog.close('proved');
    },
    special: { invalid_credentials: { fields: { password: 'This is not your password.' } } },
    done: () => dialog.close('proved'),
  });
  the('step-up-cancel', HTMLButtonElement).addEventListener('click', () => dialog.close('cancelled'));
  // Escape closes the dialog as well.
  dialog.addEventListener('close', () => {
    empty(form);
    settle(dialog.returnValue === 'proved');
  });

  /** @returns {Promise<boolean>} */
  const ask = () =>
    new Promise((resolve) => {
      settle = resolve;
      dialog.returnValue = '';
      dialog.showModal();
      the('step-up-password', HTMLInputElement).focus();
    });

  return {
    /**
     * `null` = the person thought better of it.
     * @param {() => Promise<Answer>} action
     * @returns {Promise<Answer | null>}
     */
    during: async (action) => {
      const first = await action();
      if (first.ok || first.problem.code !== 'step_up_required') return first;
      // No password makes two factors of one.
      if (first.problem.need?.aal === 2 && !byCode.isDue()) return first;
      return (await (byCode.isDue() ? byCode.ask() : ask())) ? action() : null;
    },
    /** @param {boolean} has Whether the account has an app. */
    asksForCodes: (has) => byCode.setDue(has),
    /**
     * Whose password is asked for, so that a password manager offers the right one.
     * @param {string} email
     */
    belongsTo: (email) => {
      the('step-up-email', HTMLInputElement).defaultValue = email;
    },
  };
};
