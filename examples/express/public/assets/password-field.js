// @ts-check
import { the } from './page.js';

/** What the server asks for; it has the last word. */
const minLength = 15;

/** Makes the show buttons and the length hints of a page work. */
export const passwordFields = () => {
  for (const button of document.querySelectorAll('[data-reveal]')) {
    if (button instanceof HTMLButtonElement) revealing(button, the(button.dataset['reveal'] ?? '', HTMLInputElement));
  }
  for (const hint of document.querySelectorAll('[data-length-of]')) {
    if (hint instanceof HTMLElement) counting(hint, the(hint.dataset['lengthOf'] ?? '', HTMLInputElement));
  }
};

/**
 * @param {HTMLButtonElement} button
 * @param {HTMLInputElement} input
 */
const revealing = (button, input) => {
  const label = input.labels?.[0]?.textContent ?? 'password';
  const update = () => {
    const isShown = input.type === 'text';
    button.textContent = isShown ? 'Hide' : 'Show';
    button.setAttribute('aria-label', `${button.textContent} ${label.toLowerCase()}`);
    button.toggleAttribute('data-shown', isShown);
  };
  button.addEventListener('click', () => {
    input.type = input.type === 'text' ? 'password' : 'text';
    update();
  });
  update();
};

/**
 * @param {HTMLElement} hint
 * @param {HTMLInputElement} input
 */
const counting = (hint, input) => {
  const rule = hint.textContent ?? '';
  input.addEventListener('input', () => {
    // Code points of the composed form, as the server counts.
    const length = [...input.value.normalize('NFC')].length;
    const missing = minLength - length;
    if (length === 0) hint.textContent = rule;
    else hint.textContent = missing > 0 ? `At least ${minLength} characters: ${missing} more.` : 'Long enough.';
  });
};
