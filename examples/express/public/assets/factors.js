// @ts-check
import { call } from './api.js';
import { enrol } from './enrol.js';
import { empty, plan } from './form.js';
import { make, say, the } from './page.js';
import { recoveryCodes } from './recovery-codes.js';
import { ago } from './time.js';

/** @typedef {{ readonly id: string, readonly label: string, readonly confirmedAt: number }} Factor */
/**
 * @typedef {import('./sessions.js').Needs & {
 *   readonly proof: { asksForCodes(has: boolean): void },
 *   readonly changed: () => Promise<void>,
 * }} Needs
 */

/**
 * The apps of an account, its recovery codes, and what can be done with them.
 * @param {Needs} needs
 */
export const factorList = ({ refused, proof, changed }) => {
  const list = the('factors', HTMLUListElement);
  const anew = the('new-codes', HTMLButtonElement);
  const shown = recoveryCodes();
  let isReplacing = false;

  const load = async () => {
    const asked = await call('GET', '/auth/mfa');
    if (!asked.ok) return refused(asked.problem);
    const factors = /** @type {readonly Factor[]} */ (asked.value.factors);
    const has = factors.length > 0;
    proof.asksForCodes(has && !isReplacing);
    the('factors-state', HTMLElement).textContent = stateOf(has, isReplacing, asked.value.recoveryCodesLeft);
    the('enrol', HTMLButtonElement).textContent = isReplacing
      ? 'Set up a new app'
      : has
        ? 'Add another app'
        : 'Set up an app';
    list.hidden = !has;
    anew.hidden = !has || isReplacing;
    list.replaceChildren(
      ...factors.map((factor) => line(factor, isReplacing ? [] : [rename.button(factor), remove.button(factor)])),
    );
  };

  const rename = renaming({ refused, renamed: load });
  const remove = removing({
    refused,
    proof,
    removed: async (label) => {
      await load();
      await changed();
      say(`${label} is removed.`);
      the('factors-title', HTMLElement).focus();
    },
  });

  enrol({
    refused,
    proof,
    enrolled: async (codes) => {
      isReplacing = false;
      await load();
      await changed();
      if (codes === null) say('The app is set up. Your recovery codes stay as they are.');
      else shown.show(codes);
    },
  });

  anew.addEventListener('click', async () => {
    say('');
    const made = await proof.during(() => call('POST', '/auth/mfa/recovery-codes', {}));
    if (made === null) return;
    if (!made.ok) return refused(made.problem);
    await load();
    shown.show(made.value.recoveryCodes);
  });

  return {
    /** @param {{ readonly aal: number, readonly amr: readonly string[] }} session */
    open: async ({ aal, amr }) => {
      isReplacing = aal < 2 && amr.includes('rec');
      await load();
    },
  };
};

/**
 * @param {boolean} has
 * @param {boolean} isReplacing
 * @param {number} left
 */
const stateOf = (has, isReplacing, left) => {
  if (isReplacing)
    return 'You signed in with a recovery code. Set up a new app now: it takes the place of the one you lost.';
  if (!has) return 'The password alone signs you in. An authenticator app makes that two things.';
  return `Signing in asks for a code of your app. ${left} of 10 recovery codes left.`;
};

/**
 * @param {Factor} factor
 * @param {readonly HTMLElement[]} buttons
 */
const line = ({ label, confirmedAt }, buttons) => {
  const text = make('div', {}, [
    make('p', { class: 'name', text: label }),
    make('p', { class: 'meta', text: `Set up ${ago(confirmedAt)}` }),
  ]);
  return make('li', {}, [text, make('div', { class: 'buttons' }, buttons)]);
};

/**
 * @param {string} text
 * @param {string} label
 * @param {() => void} act
 */
const button = (text, label, act) => {
  const made = make('button', { text });
  made.setAttribute('type', 'button');
  made.setAttribute('aria-label', `${text} ${label}`);
  made.addEventListener('click', act);
  return made;
};

/** @param {{ readonly refused: Needs['refused'], readonly renamed: () => Promise<void> }} needs */
const renaming = ({ refused, renamed }) => {
  const dialog = the('rename-dialog', HTMLDialogElement);
  const form = the('rename-form', HTMLFormElement);
  const field = the('rename-label', HTMLInputElement);
  let id = '';
  plan(form, {
    send: ({ label }) => call('POST', `/auth/mfa/${id}`, { label }),
    refused: (problem) => {
      if (problem.code === 'validation_failed') return;
      dialog.close();
      refused(problem);
    },
    done: async () => {
      dialog.close();
      await renamed();
    },
  });
  the('rename-cancel', HTMLButtonElement).addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => empty(form));
  return {
    /** @param {Factor} factor */
    button: (factor) =>
      button('Rename', factor.label, () => {
        say('');
        id = factor.id;
        field.value = factor.label;
        dialog.showModal();
        field.select();
      }),
  };
};

/** @param {import('./sessions.js').Needs & { readonly removed: (label: string) => Promise<void> }} needs */
const removing = ({ refused, proof, removed }) => {
  const dialog = the('remove-dialog', HTMLDialogElement);
  /** @type {Factor | null} */
  let asked = null;
  dialog.addEventListener('close', async () => {
    if (dialog.returnValue !== 'remove' || asked === null) return;
    const { id, label } = asked;
    const done = await proof.during(() => call('DELETE', `/auth/mfa/${id}`));
    if (done === null) return;
    if (done.ok) await removed(label);
    else refused(done.problem);
  });
  return {
    /** @param {Factor} factor */
    button: (factor) =>
      button('Remove', factor.label, () => {
        say('');
        asked = factor;
        the('remove-text', HTMLElement).textContent =
          `${factor.label} signs you in no more, and every other browser is signed out. Your recovery codes go with the last app.`;
        dialog.returnValue = '';
        dialog.showModal();
      }),
  };
};
