import { type Attack, attacksOf, given, must, NotApplicable } from '../attack.ts';
import { type Browser, copyOf } from '../browser.ts';
import type { Ground, Outcome } from '../ground.ts';

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
]);
