// @ts-check
import { call } from './api.js';
import { make, say, the } from './page.js';
import { providers } from './providers.js';
import { ago } from './time.js';

/** @typedef {{ readonly id: string, readonly provider: string, readonly email: string | null, readonly linkedAt: number }} Account */
/** @typedef {import('./providers.js').Provider} Provider */

/**
 * Accounts at providers that sign in to this one, each with a button that ends it, and a button for each that could.
 * @param {import('./sessions.js').Needs} needs
 */
export const accountList = ({ refused, proof }) => {
  const list = the('accounts', HTMLUListElement);
  const offers = the('account-offers', HTMLElement);

  const load = async () => {
    const answer = await call('GET', '/auth/accounts');
    if (!answer.ok) return refused(answer.problem);
    const accounts = /** @type {readonly Account[]} */ (answer.value.accounts);
    const known = await providers();
    /** @param {string} id */
    const nameOf = (id) => known.find((one) => one.id === id)?.name ?? id;
    list.replaceChildren(
      ...accounts.map((account) => {
        const calls = known.some(({ id, calls }) => calls && id === account.provider);
        const asks = calls ? [pressable('Ask who I am there', () => ask(account))] : [];
        return line(account, { name: nameOf(account.provider), asks, end: () => unlink(account) });
      }),
    );
    const others = known.filter(({ id }) => !accounts.some(({ provider }) => provider === id));
    offers.replaceChildren(...others.map((provider) => offer(provider, () => link(provider))));
    the('accounts-none', HTMLElement).hidden = accounts.length > 0;
  };

  /** @param {Provider} provider */
  const link = async ({ id }) => {
    say('');
    const begun = await proof.during(() => call('POST', `/auth/oauth/${id}/link`, { returnTo: '/' }));
    if (begun === null) return;
    if (!begun.ok) return refused(begun.problem);
    location.assign(begun.value.url);
  };

  /** @param {Account} account */
  const unlink = async ({ id }) => {
    say('');
    const done = await proof.during(() => call('DELETE', `/auth/accounts/${encodeURIComponent(id)}`));
    if (done === null) return;
    if (!done.ok) return refused(done.problem);
    await load();
    say('The account is not linked any more. Every other browser is signed out.');
    the('accounts-title', HTMLElement).focus();
  };

  /** @param {Account} account */
  const ask = async ({ provider }) => {
    say('');
    const told = await call('GET', `/api/providers/${encodeURIComponent(provider)}/me`);
    if (!told.ok) return refused(told.problem);
    say(`The provider says: ${told.value.answer.name}.`);
  };

  return { load };
};

/**
 * @param {Account} account
 * @param {{ readonly name: string, readonly asks: readonly HTMLElement[], readonly end: () => void }} more
 */
const line = ({ email, linkedAt }, { name, asks, end }) => {
  const title = make('p', { class: 'name', text: `Account at ${name}` });
  const meta = make('p', { class: 'meta', text: `${email === null ? '' : `${email}, `}linked ${ago(linkedAt)}` });
  return make('li', {}, [make('div', {}, [title, meta, ...asks]), pressable('Unlink', end)]);
};

/**
 * @param {Provider} provider
 * @param {() => void} act
 */
const offer = ({ name }, act) => make('p', {}, [pressable(`Link an account at ${name}`, act)]);

/**
 * @param {string} text
 * @param {() => void} act
 */
const pressable = (text, act) => {
  const button = make('button', { text });
  button.setAttribute('type', 'button');
  button.addEventListener('click', act);
  return button;
};
