// @ts-check
import { call } from './api.js';
import { say, the } from './page.js';

/**
 * Ends the account, after a question.
 * @param {import('./sessions.js').Needs & { readonly deleted: () => void }} needs
 */
export const deleteAccount = ({ refused, proof, deleted }) => {
  const dialog = the('delete-dialog', HTMLDialogElement);

  the('delete-account', HTMLButtonElement).addEventListener('click', () => {
    say('');
    // Escape leaves the last answer standing in some browsers.
    dialog.returnValue = '';
    dialog.showModal();
  });

  dialog.addEventListener('close', async () => {
    if (dialog.returnValue !== 'delete') return;
    const done = await proof.during(() => call('DELETE', '/auth/account'));
    if (done === null) return;
    if (done.ok) deleted();
    else refused(done.problem);
  });
};
