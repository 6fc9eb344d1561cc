// @ts-check
import { accountList } from './accounts.js';
import { call } from './api.js';
import { changeAddress } from './change-address.js';
import { changePassword } from './change-password.js';
import { deleteAccount } from './delete-account.js';
import { factorList } from './factors.js';
import { make, say, show, the } from './page.js';
import { explain } from './problems.js';
import { sessionList } from './sessions.js';
import { stepUp } from './step-up.js';
import { dateOf } from './time.js';

/**
 * @typedef {import('./api.js').Problem} Problem
 * @typedef {{ readonly left: (text: string) => void, readonly unavailable: (text: string) => void }} Next
 */

/**
 * What a person who is signed in sees and does.
 * @param {Next} next
 */
export const signedIn = (next) => {
  /** @param {Problem} problem */
  const refused = (problem) => {
    if (problem.code === 'unauthenticated') left('You have been signed out. Sign in again to go on.');
    else say(explain(problem).message);
  };
  /** @param {string} text */
  const left = (text) => {
    password.forget();
    address.forget();
    next.left(text);
  };
  const proof = stepUp();
  const sessions = sessionList({ refused, proof });
  const accounts = accountList({ refused, proof });
  const password = changePassword({ refused, proof, changed: sessions.load });
  const address = changeAddress({ refused, proof });
  const factors = factorList({ refused, proof, changed: sessions.load });
  deleteAccount({ refused, proof, deleted: () => left('Your account is deleted.') });

  /** @param {boolean} everywhere */
  const signOut = async (everywhere) => {
    // A session that has ended cannot end the others, and signing out answers 204 all the same.
    const alive = everywhere ? await call('GET', '/auth/sessions') : null;
    if (alive?.ok === false) return refused(alive.problem);
    const done = await call('POST', '/auth/logout', { everywhere });
    if (!done.ok) return refused(done.problem);
    left(everywhere ? 'You are signed out everywhere.' : 'You are signed out.');
  };
  the('sign-out', HTMLButtonElement).addEventListener('click', () => signOut(false));
  the('sign-out-everywhere', HTMLButtonElement).addEventListener('click', () => signOut(true));

  return {
    open: async () => {
      const asked = await call('GET', '/api/profile');
      if (!asked.ok) {
        if (asked.problem.code === 'unauthenticated') return left('');
        return next.unavailable(explain(asked.problem).message);
      }
      const { user, session } = asked.value;
      the('profile', HTMLElement).replaceChildren(...profile(asked.value));
      proof.belongsTo(user.email ?? '');
      password.belongsTo(user.email ?? '');
      await sessions.load();
      await accounts.load();
      await factors.open(session);
      show('signed-in');
    },
  };
};

/** @param {any} answer */
const profile = ({ user, session }) =>
  [
    [
      'E-mail',
      user.email === null ? 'None yet: confirm one below' : `${user.email}${user.emailVerified ? ' (confirmed)' : ''}`,
    ],
    ['Registered', dateOf(user.createdAt)],
    ['Signed in until', dateOf(session.expiresAt)],
    ['Account id', user.id],
  ].flatMap(([term, text]) => [make('dt', { text: term ?? '' }), make('dd', { text: text ?? '' })]);
