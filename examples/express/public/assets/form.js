// @ts-check
import { explain } from './problems.js';

/** @typedef {import('./api.js').Answer} Answer */
/** @typedef {import('./api.js').Problem} Problem */
/** @typedef {import('./problems.js').Explanation} Explanation */

/**
 * What a form does: ask the server, then go on; `null` = the person thought better of it. `special`: other words for some codes.
 * @typedef {{
 *   readonly send: (values: Record<string, string>) => Promise<Answer | null>,
 *   readonly done: (values: Record<string, string>, value: any) => void | Promise<void>,
 *   readonly special?: Readonly<Record<string, Partial<Explanation>>>,
 *   readonly refused?: (problem: Problem) => void,
 * }} FormPlan
 */

/**
 * The server judges the input; this form shows its verdict beside the field that it is about.
 * @param {HTMLFormElement} form
 * @param {FormPlan} plan
 */
export const plan = (form, { send, done, special = {}, refused = () => {} }) => {
  form.noValidate = true;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    // A second press while the first is under way would only cost a try.
    if (form.ariaBusy === 'true') return;
    clear(form);
    conceal(form);
    const values = valuesOf(form);
    form.ariaBusy = 'true';
    const answer = await send(values);
    form.ariaBusy = 'false';
    if (answer === null) return;
    if (answer.ok) {
      await done(values, answer.value);
      return;
    }
    refused(answer.problem);
    tell(form, explain(answer.problem, special));
  });
};

/**
 * An empty form without messages, for whoever comes next.
 * @param {HTMLFormElement} form
 */
export const empty = (form) => {
  form.reset();
  clear(form);
  conceal(form);
  for (const input of form.querySelectorAll('input')) input.dispatchEvent(new Event('input', { bubbles: true }));
};

/**
 * @param {HTMLFormElement} form
 * @param {Explanation} explanation
 */
const tell = (form, { message, fields }) => {
  for (const slot of form.querySelectorAll('[data-error]')) {
    const name = /** @type {HTMLElement} */ (slot).dataset['error'] ?? '';
    const text = fields[name];
    if (text === undefined) continue;
    slot.textContent = text;
    form.querySelector(`input[name="${name}"]`)?.setAttribute('aria-invalid', 'true');
  }
  const box = form.querySelector('[data-message]');
  if (box !== null) box.textContent = message;
  const wrong = form.querySelector('[aria-invalid="true"]');
  if (wrong instanceof HTMLElement) wrong.focus();
};

/** @param {HTMLFormElement} form */
const clear = (form) => {
  for (const slot of form.querySelectorAll('[data-error], [data-message]')) slot.textContent = '';
  for (const input of form.querySelectorAll('input')) input.removeAttribute('aria-invalid');
};

/**
 * A shown password is hidden again before it is sent: browsers remember what stands in a text field.
 * @param {HTMLFormElement} form
 */
const conceal = (form) => {
  for (const button of form.querySelectorAll('[data-reveal][data-shown]')) {
    if (button instanceof HTMLElement) button.click();
  }
};

/** @param {HTMLFormElement} form */
const valuesOf = (form) =>
  Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, typeof value === 'string' ? value : '']));
