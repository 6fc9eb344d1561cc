import type { Browser, World } from './harness.ts';
import { addressOf } from './probes.ts';

/** Asks for a reset from an address of its own each time; the token of the mail. */
export const askReset = async (w: World, email: string): Promise<string> => {
  const answer = await w.browser(addressOf(w.outbox.length)).post('/forgot-password', { email });
  if (answer.status !== 202) throw new Error(`forgot-password answered ${answer.status}`);
  await w.auth.drain();
  return w.tokenFor(email, 'reset_password');
};

/** Asks, signed in, for another address; the token that its mailbox gets. */
export const askChange = async (w: World, browser: Browser, to: string): Promise<string> => {
  const answer = await browser.post('/change-email', { email: to });
  if (answer.status !== 202) throw new Error(`change-email answered ${answer.status} ${JSON.stringify(answer.body)}`);
  await w.auth.drain();
  return w.tokenFor(to, 'change_email');
};

/** Moves a signed-in user from one address to another; the token of the way back, from the old mailbox. */
export const moved = async (w: World, browser: Browser, from: string, to: string): Promise<string> => {
  const token = await askChange(w, browser, to);
  const answer = await browser.post('/change-email/confirm', { token });
  if (answer.status !== 204) throw new Error(`confirm answered ${answer.status} ${JSON.stringify(answer.body)}`);
  await w.auth.drain();
  return w.tokenFor(from, 'email_changed');
};

/** A live link for the route, of a user who is signed in at `email`. */
export const liveLink = async (w: World, browser: Browser, email: string, path: string): Promise<string | null> => {
  if (path === '/reset-password') return askReset(w, email);
  if (path === '/change-email/confirm') return askChange(w, browser, `next.${email}`);
  if (path === '/change-email/revert') return moved(w, browser, email, `next.${email}`);
  return null;
};
