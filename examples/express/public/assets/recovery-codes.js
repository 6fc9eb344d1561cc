// @ts-check
import { make, say, the } from './page.js';

/** Shows recovery codes once; when the dialog closes, the page forgets them. */
export const recoveryCodes = () => {
  const dialog = the('codes-dialog', HTMLDialogElement);
  const list = the('codes', HTMLOListElement);
  const copy = the('codes-copy', HTMLButtonElement);
  const text = () => [...list.children].map((line) => line.textContent).join('\n');

  copy.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text());
      copy.textContent = 'Copied';
    } catch {
      copy.textContent = 'This browser does not let us copy';
    }
  });
  the('codes-download', HTMLButtonElement).addEventListener('click', () => {
    const url = URL.createObjectURL(
      new Blob([`Sallyport demo: recovery codes\n\n${text()}\n`], { type: 'text/plain' }),
    );
    const link = /** @type {HTMLAnchorElement} */ (make('a'));
    link.href = url;
    link.download = 'sallyport-recovery-codes.txt';
    link.click();
    URL.revokeObjectURL(url);
  });
  // Not by a stray key: they are never shown again.
  dialog.addEventListener('cancel', (event) => event.preventDefault());
  dialog.addEventListener('close', () => {
    list.replaceChildren();
    copy.textContent = 'Copy';
    the('factors-title', HTMLElement).focus();
  });

  return {
    /** @param {readonly string[]} codes */
    show: (codes) => {
      say('');
      list.replaceChildren(...codes.map((code) => make('li', { text: code })));
      dialog.showModal();
    },
  };
};
