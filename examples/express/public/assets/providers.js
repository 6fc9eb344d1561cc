// @ts-check
import { call } from './api.js';
import { make, the } from './page.js';

/** @typedef {{ readonly id: string, readonly name: string, readonly calls: boolean }} Provider */

/** @type {Promise<readonly Provider[]> | null} */
let asked = null;

/** Where one can sign in but here. @returns {Promise<readonly Provider[]>} */
export const providers = () => {
  asked ??= call('GET', '/api/providers').then((answer) => (answer.ok ? answer.value.providers : []));
  return asked;
};

/** A form for each: the browser goes there by itself. */
export const providerForms = async () => {
  const forms = (await providers()).map(({ id, name }) => {
    const target = document.createElement('input');
    target.type = 'hidden';
    target.name = 'returnTo';
    target.value = '/';
    const form = document.createElement('form');
    form.method = 'post';
    form.action = `/auth/oauth/${id}`;
    form.append(target, make('button', { class: 'wide', text: `Sign in with ${name}` }));
    return form;
  });
  the('providers', HTMLElement).replaceChildren(...forms);
};
