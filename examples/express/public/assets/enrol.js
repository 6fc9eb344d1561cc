// @ts-check
import { call } from './api.js';
import { codeWords, digitsOf } from './code-field.js';
import { empty, plan } from './form.js';
import { say, the } from './page.js';
import { qrCode } from './qr.js';

/**
 * Sets up an app: a secret as a QR code and as text, then a code that proves it.
 * @param {import('./sessions.js').Needs & { readonly enrolled: (codes: readonly string[] | null) => Promise<void> }} needs
 */
export const enrol = ({ refused, proof, enrolled }) => {
  const dialog = the('enrol-dialog', HTMLDialogElement);
  const form = the('enrol-form', HTMLFormElement);
  const picture = the('enrol-qr', HTMLElement);
  const secret = the('enrol-secret', HTMLElement);
  let id = '';

  plan(form, {
    send: ({ code }) => call('POST', `/auth/mfa/totp/${id}/confirm`, { code: digitsOf(code) }),
    special: { ...codeWords, not_found: { message: 'This took too long. Cancel, and start again.' } },
    done: async (_values, { recoveryCodes }) => {
      dialog.close();
      await enrolled(recoveryCodes);
    },
    refused: (problem) => {
      if (problem.code !== 'unauthenticated') return;
      dialog.close();
      refused(problem);
    },
  });
  the('enrol-cancel', HTMLButtonElement).addEventListener('click', () => dialog.close());
  // The secret does not stay in a page that somebody else may look at.
  dialog.addEventListener('close', () => {
    empty(form);
    picture.replaceChildren();
    secret.textContent = '';
  });

  the('enrol', HTMLButtonElement).addEventListener('click', async () => {
    say('');
    const begun = await proof.during(() => call('POST', '/auth/mfa/totp', {}));
    if (begun === null) return;
    if (!begun.ok) return refused(begun.problem);
    id = begun.value.factorId;
    picture.replaceChildren(qrCode(begun.value.uri, 'QR code for your authenticator app'));
    secret.textContent = begun.value.secret.replaceAll(/(.{4})(?=.)/g, '$1 ');
    dialog.showModal();
    the('enrol-code', HTMLInputElement).focus();
  });
};
