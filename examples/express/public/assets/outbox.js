// @ts-check
import { call } from './api.js';
import { make, the } from './page.js';
import { clockTimeOf } from './time.js';

/** @typedef {{ readonly to: string, readonly type: string, readonly url?: string, readonly code?: string, readonly at: number }} Mail */

const refreshMs = 2_000;
const list = the('mails', HTMLOListElement);
const state = the('state', HTMLElement);
/** @type {Set<string>} */
const shown = new Set();

/** @type {Readonly<Record<string, string>>} */
const subjects = {
  verify_email: 'Confirm your address',
  register_attempt: 'Somebody wanted an account with your address',
  reset_password: 'Choose a new password',
  password_changed: 'Your password was changed',
  change_email: 'Confirm your new address',
  email_changed: 'Your address was changed',
};

/** @type {Readonly<Record<string, string>>} */
const actions = { email_changed: 'Undo the change' };

/** @param {Mail} mail */
const keyOf = ({ at, type, to, url, code }) => [at, type, to, url, code].join(' ');

/** Adds what is new at the top and leaves the rest alone, so that nobody loses the link they are about to press. */
const refresh = async () => {
  const asked = await call('GET', '/outbox.json');
  if (!asked.ok) {
    tell('The server does not answer. Trying again.');
    return;
  }
  const mails = /** @type {readonly Mail[]} */ (asked.value);
  for (const mail of mails) {
    if (shown.has(keyOf(mail))) continue;
    shown.add(keyOf(mail));
    list.prepend(card(mail));
  }
  tell(shown.size === 0 ? 'No mail yet. Register an account, and its mail appears here.' : '');
};

/**
 * Said once, not every two seconds.
 * @param {string} text
 */
const tell = (text) => {
  if (state.textContent !== text) state.textContent = text;
};

/** @param {Mail} mail */
const card = ({ to, type, url, code, at }) => {
  const lines = [
    make('h2', { text: subjects[type] ?? type }),
    make('p', { class: 'meta', text: `To ${to}, ${clockTimeOf(at)}` }),
  ];
  if (url !== undefined) {
    const link = make('a', { class: 'button', text: actions[type] ?? 'Open the link' });
    link.setAttribute('href', url);
    lines.push(make('p', {}, [link]), make('code', { text: url }));
  }
  if (code !== undefined) lines.push(make('p', {}, [make('code', { text: code })]));
  return make('li', { class: 'card' }, lines);
};

const keepFresh = async () => {
  if (!document.hidden) await refresh();
  setTimeout(keepFresh, refreshMs);
};

await keepFresh();
