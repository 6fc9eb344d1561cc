// @ts-check
import { call } from './api.js';
import { say, show, the } from './page.js';
import { passwordFields } from './password-field.js';
import { explain } from './problems.js';
import { signedIn } from './signed-in.js';
import { signedOut } from './signed-out.js';

passwordFields();

/** Asks who is signed in and shows what that person can do. */
const start = async () => {
  const asked = await call('GET', '/auth/session');
  if (!asked.ok) return unavailable(explain(asked.problem).message);
  if (asked.value.user === null) return outside.open();
  return inside.open();
};

/** @param {string} reason */
const unavailable = (reason) => {
  the('unavailable-reason', HTMLElement).textContent = reason;
  show('unavailable');
};

const inside = signedIn({
  unavailable,
  left: (text) => {
    outside.open();
    say(text);
  },
});
const outside = signedOut({
  entered: async () => {
    say('');
    await inside.open();
  },
});

the('try-again', HTMLButtonElement).addEventListener('click', start);
await start();
