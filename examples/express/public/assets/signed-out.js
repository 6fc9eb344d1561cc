// @ts-check
import { call } from './api.js';
import { forgotPassword } from './forgot-password.js';
import { empty, plan } from './form.js';
import { say, show, the } from './page.js';
import { explain } from './problems.js';
import { providerForms } from './providers.js';
import { secondFactor } from './second-factor.js';

/**
 * Signing in, registering, a forgotten password, and the wait for the mail.
 * @param {{ readonly entered: () => Promise<void> }} next
 */
export const signedOut = ({ entered }) => {
  const signIn = the('sign-in', HTMLFormElement);
  const register = the('register', HTMLFormElement);
  const offer = the('resend-offer', HTMLElement);
  const signInEmail = the('sign-in-email', HTMLInputElement);
  const registerEmail = the('register-email', HTMLInputElement);
  const forgot = forgotPassword();
  void providerForms();
  const second = secondFactor({
    entered,
    expired: (text) => {
      show('sign-in');
      say(text);
    },
  });

  plan(signIn, {
    send: ({ email, password }) => {
      offer.hidden = true;
      say('');
      return call('POST', '/auth/login', { email, password });
    },
    refused: ({ code }) => {
      offer.hidden = code !== 'email_unverified';
    },
    done: async (_values, answer) => {
      empty(signIn);
      empty(register);
      forgot.forget();
      if (answer.status === 'mfa_required') second.open(answer.challenge);
      else await entered();
    },
  });

  plan(register, {
    send: ({ email, password }) => {
      say('');
      return call('POST', '/auth/register', { email, password });
    },
    done: ({ email = '' }) => {
      empty(register);
      registerEmail.value = email;
      signInEmail.value = email;
      the('check-mail-address', HTMLElement).textContent = email;
      show('check-mail');
    },
  });

  resending(the('resend-unverified', HTMLButtonElement), signInEmail);
  resending(the('resend-registered', HTMLButtonElement), registerEmail);

  for (const button of document.querySelectorAll('[data-go]')) {
    if (!(button instanceof HTMLElement)) continue;
    button.addEventListener('click', () => {
      say('');
      carry(button.closest('[data-view]'));
      show(button.dataset['go'] ?? 'sign-in');
    });
  }

  return {
    open: () => {
      empty(signIn);
      offer.hidden = true;
      show('sign-in');
    },
  };
};

/**
 * An address that was typed in one form is not asked for again in the next.
 * @param {Element | null} view
 */
const carry = (view) => {
  const typed = view?.querySelector('input[name="email"]');
  if (!(typed instanceof HTMLInputElement) || typed.value === '') return;
  for (const id of ['sign-in-email', 'register-email', 'forgot-email']) the(id, HTMLInputElement).value = typed.value;
};

/**
 * The answer is the same whether or not there is anything to confirm, and so are these words.
 * @param {HTMLButtonElement} button
 * @param {HTMLInputElement} email
 */
const resending = (button, email) => {
  button.addEventListener('click', async () => {
    const sent = await call('POST', '/auth/verify-email/send', { email: email.value });
    if (sent.ok) say(`If ${email.value} still has to be confirmed, a new link is on its way.`);
    else say(Object.values(explain(sent.problem).fields)[0] ?? explain(sent.problem).message);
  });
};
