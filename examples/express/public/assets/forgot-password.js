// @ts-check
import { call } from './api.js';
import { empty, plan } from './form.js';
import { say, show, the } from './page.js';
import { explain } from './problems.js';

/** Asks for a link. What the page says is the same whether or not there is anybody to mail it to. */
export const forgotPassword = () => {
  const form = the('forgot', HTMLFormElement);
  const address = the('forgot-address', HTMLElement);
  /** @param {string} email */
  const ask = (email) => call('POST', '/auth/forgot-password', { email });

  plan(form, {
    send: ({ email = '' }) => ask(email),
    done: ({ email = '' }) => {
      the('sign-in-email', HTMLInputElement).value = email;
      address.textContent = email;
      show('forgot-sent');
    },
  });

  the('forgot-again', HTMLButtonElement).addEventListener('click', async () => {
    const email = address.textContent ?? '';
    const sent = await ask(email);
    say(sent.ok ? `If there is an account for ${email}, another link is on its way.` : explain(sent.problem).message);
  });

  return { forget: () => empty(form) };
};
