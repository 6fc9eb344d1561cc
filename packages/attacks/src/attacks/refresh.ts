import { type Attack, attacksOf } from '../attack.ts';
import { type Browser, copyOf } from '../browser.ts';
import type { Ground, Outcome } from '../ground.ts';
import { given, must, NotApplicable } from '../verdict.ts';

const cookieOf = (ground: Ground): string => {
  const { refreshCookie } = ground.profile;
  if (refreshCookie === undefined) throw new NotApplicable('the profile has no `refreshCookie`');
  return refreshCookie;
};

/** Somebody with a refresh token that works; the browser has the one of the first refresh. */
const holder = async (ground: Ground) => {
  const cookie = cookieOf(ground);
  ground.needs('refresh');
  const { person, browser } = await ground.member();
  given(browser.jar.has(cookie), `\`login\` set no \`${cookie}\``);
  return { person, browser, cookie };
};

const refreshes = async (ground: Ground, browser: Browser): Promise<Outcome> => {
  const answer = await ground.does(browser, 'refresh');
  given(answer.status < 500 && answer.status !== 429, `\`refresh\` answered ${answer.status}`);
  return answer;
};

export const refresh: readonly Attack[] = attacksOf('refresh', [
  {
    id: 'RT-01',
    title: 'keep one refresh token for ever',
    claim: 'Every refresh gives a new refresh token (RFC 9700 §4.14.2).',
    run: async (ground) => {
      const { browser, cookie } = await holder(ground);
      const first = browser.jar.get(cookie);
      const { advance } = ground.target;
      // Some give the same token again for a few seconds, so that two tabs at once do not look like a theft.
      advance?.(120_000);
      given((await refreshes(ground, browser)).ok, '`refresh` refused the token of the sign-in');
      const isSame = browser.jar.get(cookie) === first;
      given(
        !isSame || advance !== null,
        'it is the same, perhaps for seconds: the clock of the target cannot be moved',
      );
      must(!isSame, 'the refresh token is the same after a refresh');
      return 'it is another one';
    },
  },
  {
    id: 'RT-02',
    title: 'use a refresh token that was used long ago',
    claim: 'A used refresh token ends its family (RFC 9700 §4.14.2).',
    run: async (ground) => {
      const { browser } = await holder(ground);
      const thief = copyOf(browser);
      if (ground.target.advance === null) throw new NotApplicable('the clock of the target cannot be moved');
      given((await refreshes(ground, browser)).ok, '`refresh` refused the token of the sign-in');
      ground.target.advance(120_000);
      given((await refreshes(ground, browser)).ok, '`refresh` refused the newer token');
      ground.target.advance(120_000);
      must(!(await refreshes(ground, thief)).ok, 'a used refresh token refreshes again');
      must(!(await refreshes(ground, browser)).ok, 'the family goes on after the theft was seen');
      return 'it is refused, and so is the newest';
    },
  },
  {
    id: 'RT-07',
    title: 'refresh after a reset of the password',
    claim: 'A reset ends every refresh token.',
    run: async (ground) => {
      ground.needs('forgot', 'reset');
      const { person, browser } = await holder(ground);
      given((await refreshes(ground, browser)).ok, '`refresh` refused the token of the sign-in');
      const token = await ground.tokenFor('forgot', person.email);
      given(
        (await ground.does(ground.browser(), 'reset', { token, password: ground.newPassword() })).ok,
        '`reset` refused the link',
      );
      must(!(await refreshes(ground, browser)).ok, 'a refresh token of before the reset refreshes');
      return 'it is refused';
    },
  },
  {
    id: 'RT-13',
    title: 'refresh after a sign-out',
    claim: 'A sign-out ends the refresh token on the server.',
    run: async (ground) => {
      ground.needs('logout');
      const { browser } = await holder(ground);
      given((await refreshes(ground, browser)).ok, '`refresh` refused the token of the sign-in');
      const kept = copyOf(browser);
      given((await ground.does(browser, 'logout')).ok, '`logout` failed');
      must(!(await refreshes(ground, kept)).ok, 'a refresh token of before the sign-out refreshes');
      return 'it is refused';
    },
  },
  {
    id: 'RT-03',
    title: 'use one refresh token ten times at once',
    claim: 'Of many uses at once comes one family and one newest token.',
    run: async (ground) => {
      const { browser, cookie } = await holder(ground);
      const hands = Array.from({ length: 10 }, () => copyOf(browser));
      const answers = await Promise.all(hands.map((hand) => ground.does(hand, 'refresh')));
      for (const { status } of answers) given(status < 500 && status !== 429, `\`refresh\` answered ${status}`);
      const values = new Set(hands.filter((_, i) => answers[i]?.ok).map(({ jar }) => jar.get(cookie) ?? ''));
      given(values.size > 0, '`refresh` refused the token of the sign-in to all of them');
      if (values.size === 1) return 'one newest token';
      let alive = 0;
      for (const value of values) {
        const hand = copyOf(browser);
        hand.jar.set(cookie, value);
        if ((await refreshes(ground, hand)).ok) alive += 1;
      }
      must(alive <= 1, `${alive} families have come of one token`);
      return `${values.size} tokens, of which ${alive} refreshes`;
    },
  },
  {
    id: 'RT-06',
    title: 'refresh for 400 days without a pause',
    claim: 'Refreshing does not lengthen a sign-in for ever (ASVS 5.0, 10.4.8).',
    run: async (ground) => {
      const { browser } = await holder(ground);
      const { advance } = ground.target;
      if (advance === null) throw new NotApplicable('the clock of the target cannot be moved');
      given((await refreshes(ground, browser)).ok, '`refresh` refused the token of the sign-in');
      let days = 0;
      while (days < 400 && (await refreshes(ground, browser)).ok) {
        advance(4 * 86_400_000);
        days += 4;
      }
      must(days < 400, 'it refreshes after 400 days of use');
      return `it ends within ${days} days`;
    },
  },
  {
    id: 'RT-09',
    title: 'read the refresh token by a script, or have another site send it along',
    claim: 'The cookie of a refresh token is HttpOnly, Secure and SameSite.',
    run: async (ground) => {
      const cookie = cookieOf(ground);
      const { email, password } = await ground.person();
      const answer = await ground.does(ground.browser(), 'login', { email, password });
      const set = answer.cookies.find(({ name }) => name === cookie);
      given(answer.ok && set !== undefined, `\`login\` set no \`${cookie}\``);
      must(set.attributes.has('httponly'), 'it is not HttpOnly');
      must(set.attributes.has('secure'), 'it is not Secure');
      must(/^(?:strict|lax)$/i.test(set.attributes.get('samesite') ?? ''), 'it has no SameSite, or None');
      return [...set.attributes.keys()].join(', ');
    },
  },
  {
    id: 'RT-14',
    title: 'read the refresh token out of an answer’s body',
    claim: 'A refresh token that is a cookie is in no body.',
    run: async (ground) => {
      const cookie = cookieOf(ground);
      ground.needs('refresh');
      const { email, password } = await ground.person();
      const browser = ground.browser();
      for (const answer of [
        await ground.does(browser, 'login', { email, password }),
        await refreshes(ground, browser),
      ]) {
        const value = browser.jar.get(cookie) ?? '';
        given(answer.ok && value !== '', `answered ${answer.status}, without \`${cookie}\``);
        must(!answer.body.includes(value), 'the body holds it');
      }
      return 'neither a sign-in nor a refresh shows it';
    },
  },
  {
    id: 'RT-16',
    title: 'refresh after a change of password in another browser',
    claim: 'A change of password ends the other refresh tokens (ASVS 5.0, 7.4.3).',
    run: async (ground) => {
      ground.needs('changePassword');
      const { person, browser } = await holder(ground);
      const owner = await ground.signedIn(person);
      const password = ground.newPassword();
      const { password: current } = person;
      given((await ground.does(owner, 'changePassword', { current, password })).ok, '`changePassword` is refused');
      must(!(await refreshes(ground, browser)).ok, 'a refresh token of before the change refreshes');
      const anew = await ground.signedIn({ email: person.email, password });
      given((await refreshes(ground, anew)).ok, '`refresh` refused the token of a sign-in with the new password');
      return 'it is refused';
    },
  },
  {
    id: 'RT-18',
    title: 'refresh with another character in the token',
    claim: 'A refresh token is compared whole.',
    run: async (ground) => {
      const { browser, cookie } = await holder(ground);
      const value = browser.jar.get(cookie) ?? '';
      for (const at of [0, Math.floor(value.length / 2), value.length - 2]) {
        const hand = copyOf(browser);
        hand.jar.set(cookie, `${value.slice(0, at)}${value[at] === 'A' ? 'B' : 'A'}${value.slice(at + 1)}`);
        must(!(await refreshes(ground, hand)).ok, `a token with another character at ${at} refreshes`);
      }
      given((await refreshes(ground, browser)).ok, '`refresh` refused the token of the sign-in');
      return 'three are refused';
    },
  },
]);
