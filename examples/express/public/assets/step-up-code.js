// @ts-check
import { call } from './api.js';
import { codeWords, digitsOf } from './code-field.js';
import { empty, plan } from './form.js';
import { the } from './page.js';

/** Asks for a code of the app where the account has one: the password alone does not do there. */
export const stepUpCode = () => {
  const dialog = the('step-up-code', HTMLDialogElement);
  const form = the('step-up-code-form', HTMLFormElement);
  let isDue = false;
  /** @type {(proved: boolean) => void} */
  let settle = () => {};

  plan(form, {
    send: ({ code }) => call('POST', '/auth/step-up', { method: 'totp', code: digitsOf(code) }),
    // The session ended meanwhile: the action itself will be told so.
    refused: ({ code }) => {
      if (code === 'unauthenticated') dialog.close('proved');
    },
    special: codeWords,
    done: () => dialog.close('proved'),
  });
  the('step-up-code-cancel', HTMLButtonElement).addEventListener('click', () => dialog.close('cancelled'));
  dialog.addEventListener('close', () => {
    empty(form);
    settle(dialog.returnValue === 'proved');
  });

  return {
    isDue: () => isDue,
    /** @param {boolean} has Whether the account has an app. */
    setDue: (has) => {
      isDue = has;
    },
    /** @returns {Promise<boolean>} */
    ask: () =>
      new Promise((resolve) => {
        settle = resolve;
        dialog.returnValue = '';
        dialog.showModal();
        the('step-up-code-code', HTMLInputElement).focus();
      }),
  };
};
