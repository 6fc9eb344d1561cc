// @ts-check
import { call } from './api.js';
import { clientName, placeName } from './client-name.js';
import { make, say, the } from './page.js';
import { ago } from './time.js';

/** @typedef {import('./api.js').Problem} Problem */
/**
 * @typedef {{
 *   readonly id: string,
 *   readonly createdAt: number,
 *   readonly lastSeenAt: number,
 *   readonly current: boolean,
 *   readonly client: { readonly ip: string | null, readonly agent: string | null },
 * }} Session
 */

/**
 * @typedef {{
 *   readonly refused: (problem: Problem) => void,
 *   readonly proof: { during(action: () => Promise<import('./api.js').Answer>): Promise<import('./api.js').Answer | null> },
 * }} Needs
 */

/**
 * The browsers that are signed in, each but this one with a button that ends it.
 * @param {Needs} needs
 */
export const sessionList = ({ refused, proof }) => {
  const list = the('sessions', HTMLUListElement);

  const load = async () => {
    const asked = await call('GET', '/auth/sessions');
    if (!asked.ok) return refused(asked.problem);
    const sessions = /** @type {readonly Session[]} */ (asked.value.sessions);
    const currentFirst = [...sessions].sort((a, b) => Number(b.current) - Number(a.current));
    list.replaceChildren(...currentFirst.map((session) => line(session, () => end(session))));
  };

  /** @param {Session} session */
  const end = async (session) => {
    say('');
    const done = await proof.during(() => call('DELETE', `/auth/sessions/${encodeURIComponent(session.id)}`));
    if (done === null) return;
    if (!done.ok) return refused(done.problem);
    await load();
    say(`${clientName(session.client.agent)} is signed out.`);
    // The button that was pressed is gone with its line.
    the('sessions-title', HTMLElement).focus();
  };

  return { load };
};

/**
 * @param {Session} session
 * @param {() => void} end
 */
const line = ({ client, current, createdAt, lastSeenAt }, end) => {
  const name = clientName(client.agent);
  const place = placeName(client.ip);
  const seen = current ? '' : `Last active ${ago(lastSeenAt)}, `;
  const meta = `${seen}${current ? 'Signed' : 'signed'} in ${ago(createdAt)}${place === '' ? '' : ` from ${place}`}`;
  const title = make('p', { class: 'name', text: name });
  if (current) title.append(make('span', { class: 'badge', text: 'This browser' }));
  const text = make('div', {}, [title, make('p', { class: 'meta', text: meta })]);
  if (current) return make('li', {}, [text]);
  const button = make('button', { text: 'Sign out' });
  button.setAttribute('type', 'button');
  button.setAttribute('aria-label', `Sign out ${name}, last active ${ago(lastSeenAt)}`);
  button.addEventListener('click', end);
  return make('li', {}, [text, button]);
};
