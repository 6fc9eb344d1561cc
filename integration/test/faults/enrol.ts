import { type Answer, Broken, newestToken, type Visitor } from './visitor.ts';

interface Newcomer {
  readonly email: string;
  readonly password: string;
  readonly urls: readonly string[];
  readonly arrive: () => Visitor;
}

const attempts = 40;

/** Registers, confirms and signs in; whatever fails on the way heals by doing it once more. Resolves with the session. */
export const enrol = async (newcomer: Newcomer): Promise<{ readonly visitor: Visitor; readonly id: string }> => {
  const { email, password, arrive } = newcomer;
  const browser = arrive();
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    expectOneOf('registration', [202, 503], await browser.post('/auth/register', { email, password }));
    await drain(newcomer);
    if (attempt > 0) {
      // The address may be claimed already, or its link spent.
      expectOneOf('another link', [202, 503], await browser.post('/auth/verify-email/send', { email }));
      await drain(newcomer);
    }
    const isConfirmed = await confirm(newcomer, browser);
    const visitor = arrive();
    const entered = await visitor.post('/auth/login', { email, password });
    if (entered.status === 200) return { visitor, id: (entered.body as { user: { id: string } }).user.id };
    expectOneOf('login', isConfirmed ? [503] : [401, 403, 503], entered);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  throw new Broken(`${email}: registering again does not heal`);
};

/** Several clicks on one link at once: at most one is answered with success, and none afterwards. */
const confirm = async ({ email, password, urls }: Newcomer, browser: Visitor): Promise<boolean> => {
  const token = await newestToken(urls, email);
  if (token === null) return false;
  const click = (): Promise<Answer> => browser.post('/auth/verify-email', { token, password });
  const clicks = await Promise.all([click(), click(), click()]);
  for (const one of clicks) expectOneOf('confirmation', [204, 400, 503], one);
  const won = clicks.filter(({ status }) => status === 204).length;
  if (won > 1) throw new Broken(`one link was redeemed ${won} times`);
  if (won === 1) expectOneOf('a spent link', [400, 503], await click());
  return won === 1;
};

const drain = async ({ urls }: Newcomer): Promise<void> => {
  for (const url of urls) await fetch(`${url}/drain`, { method: 'POST' });
};

export const expectOneOf = (what: string, statuses: readonly number[], { status, code }: Answer): void => {
  if (!statuses.includes(status)) throw new Broken(`${what}: ${status} ${code}, expected ${statuses.join(' or ')}`);
};
