import { type Attack, attacksOf } from '../attack.ts';
import type { Ground, Person } from '../ground.ts';
import { bitsOf } from '../token-bits.ts';
import { given, must, NotApplicable } from '../verdict.ts';

interface Pending {
  readonly person: Person;
  readonly token: string;
}

/** Somebody who has asked for a reset link. */
const asked = async (ground: Ground): Promise<Pending> => {
  ground.needs('forgot', 'reset');
  const person = await ground.person();
  return { person, token: await ground.tokenFor('forgot', person.email) };
};

/** Whether a reset goes through, by its answer or by what it leaves. */
const resets = async (ground: Ground, email: string, token: string): Promise<boolean> => {
  const password = ground.newPassword();
  const answer = await ground.does(ground.browser(), 'reset', { token, password });
  given(answer.status < 500 && answer.status !== 429, `\`reset\` answered ${answer.status}`);
  return answer.ok || (await ground.opens(email, password));
};

/** The link of somebody, followed as a browser, or a scanner of mails, does. */
const follow = async (ground: Ground, url: URL, method: string): Promise<void> => {
  if (url.origin !== ground.target.origin) throw new NotApplicable(`the link leads to ${url.origin}, another origin`);
  const browser = ground.browser();
  const answer = await ground.asks(browser, method, url.pathname + url.search, {
    headers: { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', origin: null },
  });
  given(answer.status < 500, `${method} of the link answered ${answer.status}`);
  must(!(await ground.isSignedIn(browser)), `${method} of the link signs in`);
};

const changed = (token: string): string => (token.endsWith('A') ? `${token.slice(0, -1)}B` : `${token.slice(0, -1)}A`);

export const tokens: readonly Attack[] = attacksOf('tokens', [
  {
    id: 'TOK-01',
    title: 'use one reset link ten times at once',
    claim: 'Of many who use a reset link at once, one sets a password.',
    run: async (ground) => {
      const { person, token } = await asked(ground);
      const tries = Array.from({ length: 10 }, () => ({ browser: ground.browser(), password: ground.newPassword() }));
      const answers = await Promise.all(
        tries.map(({ browser, password }) => ground.does(browser, 'reset', { token, password })),
      );
      must(
        answers.every(({ status }) => status < 500),
        `uses at once are answered ${answers.map(({ status }) => status).join(' ')}`,
      );
      const winners = answers.filter(({ ok }) => ok).length;
      must(winners <= 1, `${winners} of ten were told that they set the password`);
      given(winners === 1, 'none of ten uses was accepted');
      let open = 0;
      for (const { password } of tries) if (await ground.opens(person.email, password)) open += 1;
      must(open === 1, `${open} of ten passwords sign in`);
      return 'one of ten';
    },
  },
  {
    id: 'TOK-23',
    title: 'use a reset link a second time',
    claim: 'A reset link works once.',
    run: async (ground) => {
      const { person, token } = await asked(ground);
      given(await resets(ground, person.email, token), '`reset` refused the link that was mailed');
      must(!(await resets(ground, person.email, token)), 'a used link sets another password');
      return 'the second use is refused';
    },
  },
  {
    id: 'TOK-02',
    title: 'use a reset link after two days',
    claim: 'A reset link ends by itself, within a day.',
    run: async (ground) => {
      const { advance } = ground.target;
      if (advance === null) throw new NotApplicable('the clock of the target cannot be moved');
      const first = await asked(ground);
      given(await resets(ground, first.person.email, first.token), '`reset` refused the link that was mailed');
      const { person, token } = await asked(ground);
      advance(2 * 86_400_000);
      must(!(await resets(ground, person.email, token)), 'a link of two days ago sets a password');
      return 'it is refused';
    },
  },
  {
    id: 'TOK-06',
    title: 'use a reset link with another character in it',
    claim: 'A token is compared as a whole and byte for byte.',
    run: async (ground) => {
      const { person, token } = await asked(ground);
      const half = token.slice(0, Math.ceil(token.length * 0.75));
      for (const near of [
        changed(token),
        half,
        `${token}A`,
        token.toUpperCase() === token ? token.toLowerCase() : token.toUpperCase(),
      ]) {
        must(
          !(await resets(ground, person.email, near)),
          `a token with ${near.length === token.length ? 'other characters' : 'another length'} is accepted`,
        );
      }
      given(await resets(ground, person.email, token), 'the right token is refused afterwards');
      return 'four near ones are refused, the right one works';
    },
  },
  {
    id: 'TOK-07',
    title: 'reset a password with a link that confirms an address',
    claim: 'A token of one kind is nothing elsewhere.',
    run: async (ground) => {
      ground.needs('confirm', 'reset');
      const { email, password } = ground.stranger();
      const mark = await ground.mails.mark();
      given(
        (await ground.does(ground.browser(), 'register', { email, password, name: 'Somebody' })).ok,
        '`register` refused somebody new',
      );
      const token = await ground.mails.token(email, mark);
      must(!(await resets(ground, email, token)), 'a link that confirms an address sets a password');
      const right = await asked(ground);
      given(await resets(ground, right.person.email, right.token), '`reset` refuses reset links, too');
      return 'it is refused';
    },
  },
  {
    id: 'TOK-30',
    title: 'confirm an address with a reset link',
    claim: 'A reset link confirms nothing by itself.',
    run: async (ground) => {
      ground.needs('confirm');
      const { person, token } = await asked(ground);
      const answer = await ground.does(ground.browser(), 'confirm', { token, password: person.password });
      must(!answer.ok, 'a reset link is taken for one that confirms an address');
      given(await resets(ground, person.email, token), 'the reset link does not work afterwards');
      return `it is answered ${answer.status}`;
    },
  },
  {
    id: 'TOK-09',
    title: 'open a reset link as a mail scanner does',
    claim: 'GET and HEAD of a link change nothing and sign nobody in.',
    run: async (ground) => {
      ground.needs('forgot', 'reset');
      const { email, password } = await ground.person();
      const mark = await ground.mails.mark();
      await ground.does(ground.browser(), 'forgot', { email });
      const url = await ground.mails.link(email, mark);
      for (const method of ['HEAD', 'GET']) await follow(ground, url, method);
      must(await ground.opens(email, password), 'opening the link has changed the password');
      const token = await ground.mails.token(email, mark);
      must(await resets(ground, email, token), 'opening the link has spent it');
      return 'the link works afterwards';
    },
  },
  {
    id: 'TOK-24',
    title: 'open a confirmation link as a mail scanner does',
    claim: 'GET and HEAD of a confirmation link confirm nothing and sign nobody in.',
    run: async (ground) => {
      ground.needs('register', 'confirm');
      const { email, password } = ground.stranger();
      const home = ground.browser();
      const mark = await ground.mails.mark();
      given(
        (await ground.does(home, 'register', { email, password, name: 'Somebody' })).ok,
        '`register` refused somebody new',
      );
      const url = await ground.mails.link(email, mark);
      for (const method of ['HEAD', 'GET']) await follow(ground, url, method);
      must(!(await ground.opens(email, password)), 'opening the link has confirmed the address');
      const token = await ground.mails.token(email, mark);
      must((await ground.does(home, 'confirm', { token, password })).ok, 'opening the link has spent it');
      return 'the link works afterwards';
    },
  },
  {
    id: 'TOK-10',
    title: 'keep a session alive over a reset',
    claim: 'A reset ends every session of the account.',
    run: async (ground) => {
      const { person, token } = await asked(ground);
      const [one, two] = [await ground.signedIn(person), await ground.signedIn(person)];
      for (const browser of [one, two]) given(await ground.isSignedIn(browser), 'nobody is signed in before');
      given(await resets(ground, person.email, token), '`reset` refused the link');
      for (const browser of [one, two])
        must(!(await ground.isSignedIn(browser)), 'a session of before the reset is still signed in');
      return 'two sessions are ended';
    },
  },
  {
    id: 'TOK-11',
    title: 'use an older reset link after a newer one',
    claim: 'A reset ends every other reset link.',
    run: async (ground) => {
      const { person, token: older } = await asked(ground);
      const newer = await ground.tokenFor('forgot', person.email);
      given(newer !== older, 'the second link has the same token');
      given(await resets(ground, person.email, newer), '`reset` refused the newer link');
      must(!(await resets(ground, person.email, older)), 'the older link still sets a password');
      return 'it is refused';
    },
  },
  {
    id: 'TOK-25',
    title: 'use a reset link of before a change of password',
    claim: 'A change of password ends every reset link.',
    run: async (ground) => {
      ground.needs('changePassword');
      const { person, token } = await asked(ground);
      const browser = await ground.signedIn(person);
      const answer = await ground.does(browser, 'changePassword', {
        current: person.password,
        password: ground.newPassword(),
      });
      given(answer.ok, `\`changePassword\` answered ${answer.status}`);
      must(!(await resets(ground, person.email, token)), 'the link of before the change still sets a password');
      const fresh = await ground.tokenFor('forgot', person.email);
      given(await resets(ground, person.email, fresh), 'a link of after the change is refused, too');
      return 'it is refused';
    },
  },
  {
    id: 'TOK-26',
    title: 'be signed in by a reset',
    claim: 'A reset signs nobody in (OWASP Forgot Password Cheat Sheet), so that it goes around no second factor.',
    run: async (ground) => {
      const { person, token } = await asked(ground);
      const browser = ground.browser();
      const password = ground.newPassword();
      given((await ground.does(browser, 'reset', { token, password })).ok, '`reset` refused the link');
      must(!(await ground.isSignedIn(browser)), 'whoever has reset the password is signed in');
      given(await ground.opens(person.email, password), 'the new password does not sign in');
      return 'it asks for the new password';
    },
  },
  {
    id: 'TOK-17',
    title: 'guess a reset link',
    claim: 'A link holds 112 random bits or more (ASVS 5.0, 6.5.2), and two have nothing in common.',
    run: async (ground) => {
      ground.needs('forgot');
      const seen: string[] = [];
      for (let i = 0; i < 6; i += 1) seen.push(await ground.tokenFor('forgot', (await ground.person()).email));
      must(new Set(seen).size === seen.length, 'two links have one token');
      const bits = bitsOf(seen);
      must(bits >= 112, `a token has room for ${bits} bits`);
      return `room for ${bits} bits`;
    },
  },
  {
    id: 'TOK-32',
    title: 'look for the token in the answer',
    claim: 'A token goes by mail alone.',
    run: async (ground) => {
      ground.needs('forgot');
      const { email } = await ground.person();
      const mark = await ground.mails.mark();
      const answer = await ground.does(ground.browser(), 'forgot', { email });
      const token = await ground.mails.token(email, mark);
      given(token.length > 3, 'the token is empty');
      const text = answer.body + answer.headers.map(([, value]) => value).join('\n');
      must(!text.includes(token), 'the answer to whoever asks holds the token');
      return 'it is not in the answer';
    },
  },
  {
    id: 'TOK-33',
    title: 'reset with no token at all',
    claim: 'An empty, missing or odd token finds no account.',
    run: async (ground) => {
      const { person, token } = await asked(ground);
      for (const odd of ['', ' ', 'null', 'undefined', '0', '%', '*', null, true, {}, [], [token], { $ne: null }]) {
        const password = ground.newPassword();
        const answer = await ground.does(ground.browser(), 'reset', { token: odd, password });
        must(answer.status < 500, `${JSON.stringify(odd)} is answered ${answer.status}`);
        must(
          !answer.ok && !(await ground.opens(person.email, password)),
          `${JSON.stringify(odd)} is taken for a token`,
        );
      }
      given(await resets(ground, person.email, token), 'the right token is refused afterwards');
      return 'thirteen odd ones are refused';
    },
  },
]);
