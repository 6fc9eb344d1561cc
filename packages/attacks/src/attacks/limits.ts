import { type Attack, attacksOf } from '../attack.ts';
import { type Browser, copyOf } from '../browser.ts';
import type { Ground, Outcome } from '../ground.ts';
import { given, must, NotApplicable } from '../verdict.ts';

/** Refused by a limit or a lock, and not because of what was sent. */
const isLimited = ({ status }: Outcome, usual: number): boolean =>
  status === 429 || (status === 403 && usual !== 403) || status === 423;

interface Guessing {
  /** How many tries were judged before the first refusal; `null` = all of them were. */
  readonly judged: number | null;
  readonly refusal: Outcome | null;
}

/** Tries until a limit answers. */
const until = async (most: number, attempt: (i: number) => Promise<Outcome>): Promise<Guessing> => {
  let usual = 0;
  for (let i = 0; i < most; i += 1) {
    const answer = await attempt(i);
    given(answer.status < 500 || answer.status === 503, `answered ${answer.status}`);
    if (i === 0) usual = answer.status;
    if (isLimited(answer, usual)) return { judged: i, refusal: answer };
    given(!answer.ok, 'a wrong guess is accepted');
  }
  return { judged: null, refusal: null };
};

const guess = (ground: Ground, browser: Browser, email: string): Promise<Outcome> =>
  ground.does(browser, 'login', { email, password: ground.newPassword() }, { apart: true });

const withAddresses = (ground: Ground): void => {
  if (!ground.target.hasAddresses) throw new NotApplicable('the suite has one address only');
};

/** What `until` counts, for requests that are accepted. */
const requests = async (most: number, ask: (i: number) => Promise<Outcome>): Promise<number | null> => {
  for (let i = 0; i < most; i += 1) {
    const answer = await ask(i);
    given(answer.status < 500, `answered ${answer.status}`);
    if (answer.status === 429) return i;
    if (i === 0) given(answer.ok, `answered ${answer.status}`);
  }
  return null;
};

const everyLetter = 0xfff;

/** Another spelling of an address for every number: small and capital letters. */
const spelling = (address: string, n: number): string =>
  [...address].map((letter, i) => ((n >> (i % 12)) & 1 ? letter.toUpperCase() : letter.toLowerCase())).join('');

export const limits: readonly Attack[] = attacksOf('limits', [
  {
    id: 'RL-16',
    title: 'guess a password from one address',
    claim: 'Guesses at one account from one address are refused after 20 at most.',
    run: async (ground) => {
      const { email } = await ground.person();
      const browser = ground.browser();
      const { judged } = await until(25, () => guess(ground, browser, email));
      must(judged !== null && judged <= 20, '25 wrong passwords in a row were judged');
      return `refused after ${judged}`;
    },
  },
  {
    id: 'RL-09',
    title: 'guess a password from 120 addresses',
    claim: 'Guesses at one account are refused after 100 at most, wherever they come from (NIST SP 800-63B-4 §3.2.2).',
    run: async (ground) => {
      withAddresses(ground);
      const { email } = await ground.person();
      const { judged } = await until(120, () => guess(ground, ground.browser(), email));
      must(judged !== null && judged <= 100, '120 wrong passwords from as many addresses were judged');
      return `refused after ${judged}`;
    },
  },
  {
    id: 'RL-17',
    title: 'try one password on sixty accounts',
    claim: 'Guesses from one address are refused after 50 at most, whatever accounts they are for.',
    run: async (ground) => {
      const browser = ground.browser();
      const { judged } = await until(60, () => guess(ground, browser, ground.stranger().email));
      must(judged !== null && judged <= 50, '60 wrong passwords for as many accounts were judged');
      return `refused after ${judged}`;
    },
  },
  {
    id: 'RL-08',
    title: 'sign in to an own account between guesses',
    claim: 'A success on one account gives back no guesses on another.',
    run: async (ground) => {
      const { email } = await ground.person();
      const own = await ground.person();
      const browser = ground.browser();
      const { judged } = await until(40, async (i) => {
        if (i % 4 === 3)
          await ground.does(browser, 'login', { email: own.email, password: own.password }, { apart: true });
        return guess(ground, browser, email);
      });
      must(judged !== null, '40 wrong passwords were judged, with sign-ins to another account in between');
      return `refused after ${judged}`;
    },
  },
  {
    id: 'RL-01',
    title: 'guess a password under made-up addresses',
    claim: 'A client cannot choose the address that it is counted by.',
    run: async (ground) => {
      const { email } = await ground.person();
      const browser = ground.browser();
      const { judged } = await until(25, (i) => {
        const address = `203.0.113.${i + 1}`;
        const names = [
          'x-forwarded-for',
          'x-real-ip',
          'cf-connecting-ip',
          'true-client-ip',
          'x-client-ip',
          'forwarded',
        ];
        const own = ground.profile.addressHeader?.toLowerCase();
        const headers = Object.fromEntries(
          names.filter((name) => name !== own).map((name) => [name, name === 'forwarded' ? `for=${address}` : address]),
        );
        return ground.does(browser, 'login', { email, password: ground.newPassword() }, { headers, apart: true });
      });
      must(judged !== null && judged <= 20, '25 wrong passwords were judged, each with other forwarding headers');
      return `refused after ${judged}`;
    },
  },
  {
    id: 'RL-23',
    title: 'guess a password under other spellings of the address',
    claim: 'Guesses are counted by account, however its address is spelled.',
    run: async (ground) => {
      const { email, password } = await ground.person();
      if (!(await ground.opens(spelling(email, everyLetter), password)))
        throw new NotApplicable('another spelling of the address does not sign in');
      const browser = ground.browser();
      const { judged } = await until(25, (i) => guess(ground, browser, spelling(email, i)));
      must(
        judged !== null && judged <= 20,
        '25 wrong passwords were judged, each with other capital letters in the address',
      );
      return `refused after ${judged}`;
    },
  },
  {
    id: 'RL-04',
    title: 'guess forty passwords at once',
    claim: 'Guesses at once are counted one by one.',
    run: async (ground) => {
      const [one, two] = [await ground.person(), await ground.person()];
      const [first, second] = [ground.browser(), ground.browser()];
      const { judged } = await until(25, () => guess(ground, first, one.email));
      if (judged === null) throw new NotApplicable('guesses one after another are not refused either');
      const answers = await Promise.all(Array.from({ length: 40 }, () => guess(ground, second, two.email)));
      given(
        answers.every(({ status }) => status < 500 || status === 503),
        'the target failed',
      );
      const usual = answers.find((answer) => !isLimited(answer, 0) && answer.status !== 503)?.status ?? 401;
      const at = answers.filter((answer) => !isLimited(answer, usual) && answer.status !== 503).length;
      must(at <= judged + 1, `${judged} guesses one after another are judged, ${at} of 40 at once`);
      return `${at} of 40, and ${judged} one after another`;
    },
  },
  {
    id: 'RL-24',
    title: 'find the right password behind a refusal',
    claim: 'While guesses are refused, the right one gets the same answer.',
    run: async (ground) => {
      const { email, password } = await ground.person();
      const browser = ground.browser();
      const { refusal } = await until(25, () => guess(ground, browser, email));
      if (refusal === null) throw new NotApplicable('guesses are not refused at all');
      const answer = await ground.does(browser, 'login', { email, password }, { apart: true });
      must(
        !answer.ok && answer.status === refusal.status,
        `the right password is answered ${answer.status}, a wrong one ${refusal.status}`,
      );
      return `both are answered ${answer.status}`;
    },
  },
  {
    id: 'RL-18',
    title: 'ask a refusal when to come back',
    claim: 'A refusal is 429 and says for how many seconds (RFC 6585 §4).',
    run: async (ground) => {
      const { email } = await ground.person();
      const browser = ground.browser();
      const { refusal } = await until(25, () => guess(ground, browser, email));
      if (refusal === null) throw new NotApplicable('guesses are not refused at all');
      const after = refusal.header('retry-after') ?? '';
      must(
        refusal.status === 429 && /^[1-9]\d*$/.test(after),
        `it is answered ${refusal.status}, Retry-After is \`${after}\``,
      );
      return `${after} seconds`;
    },
  },
  {
    id: 'RL-19',
    title: 'lock an owner out by guessing',
    claim: 'Strangers who guess do not lock out the browser that its owner has signed in with.',
    run: async (ground) => {
      withAddresses(ground);
      ground.needs('logout');
      const { person, browser } = await ground.member();
      given((await ground.does(browser, 'logout')).ok, '`logout` failed');
      const { judged } = await until(120, () => guess(ground, ground.browser(), person.email));
      if (judged === null) throw new NotApplicable('guesses from many addresses are not refused at all');
      const answer = await ground.does(browser, 'login', { email: person.email, password: person.password });
      must(answer.ok, `the owner’s browser is answered ${answer.status}`);
      return 'it signs in';
    },
  },
  {
    id: 'RL-02',
    title: 'guess as a browser that claims to be known',
    claim: 'A known browser is known for its own account, and may not guess for ever.',
    run: async (ground) => {
      withAddresses(ground);
      const { browser } = await ground.member();
      const victim = await ground.person();
      const known = copyOf(browser);
      const { judged } = await until(60, () => guess(ground, known, victim.email));
      must(
        judged !== null && judged <= 50,
        '60 wrong passwords were judged for a browser that is known to another account',
      );
      return `refused after ${judged}`;
    },
  },
  {
    id: 'RL-10',
    title: 'guess a password by proving it again',
    claim: 'Whoever holds a session cannot guess its password by steps-up.',
    run: async (ground) => {
      ground.needs('stepUp');
      const { browser } = await ground.member();
      const { judged } = await until(25, () =>
        ground.does(browser, 'stepUp', { password: ground.newPassword() }, { apart: true }),
      );
      must(judged !== null && judged <= 20, '25 wrong passwords were judged');
      return `refused after ${judged}`;
    },
  },
  {
    id: 'RL-20',
    title: 'guess a password by changing it',
    claim: 'Whoever holds a session cannot guess its password by changes of it.',
    run: async (ground) => {
      ground.needs('changePassword');
      const { browser } = await ground.member();
      const { judged } = await until(25, () =>
        ground.does(
          browser,
          'changePassword',
          { current: ground.newPassword(), password: ground.newPassword() },
          { apart: true },
        ),
      );
      must(judged !== null && judged <= 20, '25 wrong passwords were judged');
      return `refused after ${judged}`;
    },
  },
  {
    id: 'RL-21',
    title: 'register sixty accounts from one address',
    claim: 'Registrations from one address are refused after 50 at most.',
    run: async (ground) => {
      ground.needs('register');
      const browser = ground.browser();
      const count = await requests(60, () =>
        ground.does(browser, 'register', { ...ground.stranger(), name: 'Somebody' }, { apart: true }),
      );
      must(count !== null && count <= 50, '60 registrations went through');
      return `refused after ${count}`;
    },
  },
  {
    id: 'RL-22',
    title: 'have sixty mails sent from one address',
    claim: 'Mails that one address asks for are refused after 50 at most.',
    run: async (ground) => {
      ground.needs('forgot');
      const browser = ground.browser();
      const count = await requests(60, () => ground.does(browser, 'forgot', { email: ground.stranger().email }));
      must(count !== null && count <= 50, '60 requests for mails went through');
      return `refused after ${count}`;
    },
  },
]);
