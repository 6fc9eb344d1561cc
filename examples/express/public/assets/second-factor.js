// @ts-check
import { call } from './api.js';
import { codeWords, digitsOf } from './code-field.js';
import { empty, plan } from './form.js';
import { say, show, the } from './page.js';

/**
 * The second step of signing in: a code of the app, or one of those kept for the day it is lost.
 * @param {{ readonly entered: () => Promise<void>, readonly expired: (text: string) => void }} next
 */
export const secondFactor = ({ entered, expired }) => {
  const app = the('second-factor', HTMLFormElement);
  const recovery = the('recovery-code', HTMLFormElement);
  let challenge = '';

  const forget = () => {
    challenge = '';
    empty(app);
    empty(recovery);
  };
  /** @param {import('./api.js').Problem} problem */
  const refused = ({ code }) => {
    if (code !== 'challenge_expired') return;
    forget();
    expired('That took too long, or too many tries. Start again with your password.');
  };
  const done = async () => {
    forget();
    await entered();
  };

  plan(app, {
    send: ({ code, trust }) =>
      call('POST', '/auth/login/mfa', { challenge, method: 'totp', code: digitsOf(code), trust: trust === 'true' }),
    special: codeWords,
    refused,
    done,
  });
  plan(recovery, {
    send: ({ code }) => call('POST', '/auth/login/mfa', { challenge, method: 'recovery_code', code }),
    special: {
      mfa_code_invalid: { fields: { code: 'This code is none of yours, or was used before.' } },
      validation_failed: { fields: { code: 'A recovery code has 26 letters and digits.' } },
    },
    refused,
    done,
  });

  const ask = () => {
    show('second-factor');
    the('second-factor-code', HTMLInputElement).focus();
  };
  the('use-app', HTMLButtonElement).addEventListener('click', ask);
  the('use-recovery', HTMLButtonElement).addEventListener('click', () => {
    say('');
    show('recovery-code');
    the('recovery-code-code', HTMLInputElement).focus();
  });

  return {
    /** @param {string} given */
    open: (given) => {
      forget();
      challenge = given;
      ask();
    },
  };
};
