import { type Attack, attacksOf } from '../attack.ts';
import { type Browser, copyOf } from '../browser.ts';
import type { Ground } from '../ground.ts';
import { given, must, NotApplicable } from '../verdict.ts';
import { memberAt } from '../wire.ts';
import { outlives } from './sessions.ts';

/** What `sessions` lists, and which members hold ids. */
const listed = async (ground: Ground, browser: Browser): Promise<readonly unknown[]> => {
  const { at } = ground.profile.list ?? { at: 'sessions' };
  const answer = await ground.does(browser, 'sessions');
  const list = at === '' ? answer.json : memberAt(answer.json, at);
  given(answer.ok && Array.isArray(list), `\`sessions\` answered ${answer.status}, without a list`);
  return list as readonly unknown[];
};

const idOf = (ground: Ground, session: unknown): string => String(memberAt(session, ground.profile.list?.id ?? 'id'));

const moved = (ground: Ground, ms: number): void => {
  const { advance } = ground.target;
  if (advance === null) throw new NotApplicable('the clock of the target cannot be moved');
  advance(ms);
};

const hour = 3_600_000;

/** With a factor that was proved hours ago. */
const stale = async (ground: Ground) => {
  if (ground.target.advance === null) throw new NotApplicable('the clock of the target cannot be moved');
  const member = await ground.member();
  for (let i = 0; i < 4; i += 1) {
    moved(ground, hour / 4);
    given(await ground.isSignedIn(member.browser), 'the session has ended within an hour');
  }
  return member;
};

/** Lists of sessions, and what time does to them. */
export const sessionControl: readonly Attack[] = attacksOf('sessions', [
  {
    id: 'SES-07',
    title: 'end the session of somebody else',
    claim: 'Whoever is signed in ends sessions of their own alone.',
    run: async (ground) => {
      ground.needs('sessions', 'endSession');
      const victim = await ground.member();
      const attacker = await ground.member();
      const ids = (await listed(ground, victim.browser)).map((one) => idOf(ground, one));
      given(ids.length > 0 && ids[0] !== 'undefined', 'no session has an id');
      const answers = [];
      for (const id of ids) answers.push((await ground.does(attacker.browser, 'endSession', { id })).status);
      given(
        answers.every((status) => status < 500),
        `\`endSession\` answered ${answers.join(' ')}`,
      );
      must(await ground.isSignedIn(victim.browser), 'somebody else has ended the session');
      const before = (await listed(ground, attacker.browser)).map((one) => idOf(ground, one));
      const second = await ground.signedIn(attacker.person);
      const id = (await listed(ground, attacker.browser))
        .map((one) => idOf(ground, one))
        .find((one) => !before.includes(one));
      await ground.does(attacker.browser, 'endSession', { id });
      given(!(await ground.isSignedIn(second)), '`endSession` ends none of the own sessions either');
      return `answered ${answers.join(' ')}, and the session lives`;
    },
  },
  {
    id: 'SES-33',
    title: 'take a session from the list of sessions',
    claim: 'The list of sessions holds nothing that signs in.',
    run: async (ground) => {
      ground.needs('sessions');
      const { person, browser } = await ground.member();
      const other = await ground.signedIn(person);
      const list = await listed(ground, browser);
      given(list.length >= 2, 'the other session is not listed');
      const texts = list
        .flatMap((one) => Object.values(one as object))
        .filter((one): one is string => typeof one === 'string');
      const prefix = ground.sessionOf(other).split('.')[0] ?? '';
      for (const text of texts.filter(({ length }) => length > 7)) {
        for (const value of [text, `${prefix}.${text}`]) {
          must(
            value !== ground.sessionOf(other) && !(await ground.isSignedIn(ground.withSession(value))),
            'a listed text signs in',
          );
        }
      }
      return `none of ${texts.length} texts does`;
    },
  },
  {
    id: 'SES-34',
    title: 'go on in a session that was ended in the list',
    claim: 'Ending a session ends it at once.',
    run: async (ground) => {
      ground.needs('sessions', 'endSession');
      const { person, browser } = await ground.member();
      const before = (await listed(ground, browser)).map((one) => idOf(ground, one));
      const other = await ground.signedIn(person);
      const id = (await listed(ground, browser)).map((one) => idOf(ground, one)).find((one) => !before.includes(one));
      given(id !== undefined, 'the other session is not listed');
      must(
        !(await outlives(ground, other, () => ground.does(browser, 'endSession', { id }))),
        'the session is still signed in',
      );
      given(await ground.isSignedIn(browser), 'the own session has ended, too');
      return 'it is ended';
    },
  },
  {
    id: 'SES-08',
    title: 'use a session after 400 days',
    claim: 'A session ends on the server, whatever the browser keeps.',
    run: async (ground) => {
      if (ground.target.advance === null) throw new NotApplicable('the clock of the target cannot be moved');
      const { browser } = await ground.member();
      given(await ground.isSignedIn(browser), 'nobody is signed in before');
      moved(ground, 400 * 24 * hour);
      must(!(await ground.isSignedIn(copyOf(browser))), 'it is still signed in');
      return 'it has ended';
    },
  },
  {
    id: 'SES-45',
    title: 'use a session for 400 days without a pause',
    claim: 'Use does not lengthen a session for ever.',
    run: async (ground) => {
      if (ground.target.advance === null) throw new NotApplicable('the clock of the target cannot be moved');
      const { browser } = await ground.member();
      let used = 0;
      for (let day = 0; day < 400 && (await ground.isSignedIn(browser)); day += 5) {
        used = day;
        moved(ground, 5 * 24 * hour);
        await ground.target.settle();
      }
      must(used < 395, 'it is signed in after 400 days of use');
      return `it has ended after ${used + 5} days of use`;
    },
  },
  {
    id: 'SES-19',
    title: 'change the address of a session that was left open',
    claim: 'Changing the address asks for a factor that was proved lately (ASVS 5.0, 7.5.1).',
    run: async (ground) => {
      ground.needs('changeEmail');
      const fresh = await ground.member();
      await ground.tokenFor('changeEmail', ground.stranger().email, fresh.browser);
      const { browser } = await stale(ground);
      const mark = await ground.mails.mark();
      const { email } = ground.stranger();
      const answer = await ground.does(browser, 'changeEmail', { email });
      const mails = await ground.mails.since(mark);
      must(!answer.ok && mails.length === 0, 'an hour after the sign-in, the address can be changed without a proof');
      return `it is answered ${answer.status}`;
    },
  },
  {
    id: 'SES-43',
    title: 'delete the account of a session that was left open',
    claim: 'Deleting an account asks for a factor that was proved lately.',
    run: async (ground) => {
      ground.needs('deleteAccount');
      const fresh = await ground.member();
      given((await ground.does(fresh.browser, 'deleteAccount')).ok, '`deleteAccount` is refused to everybody');
      const { person, browser } = await stale(ground);
      const answer = await ground.does(browser, 'deleteAccount');
      must(
        !answer.ok && (await ground.opens(person.email, person.password)),
        'an hour after the sign-in, the account can be deleted without a proof',
      );
      return `it is answered ${answer.status}`;
    },
  },
  {
    id: 'SES-44',
    title: 'end other sessions from one that was left open',
    claim: 'Ending another session asks for a factor that was proved lately (ASVS 5.0, 7.5.2).',
    run: async (ground) => {
      ground.needs('sessions', 'endSession');
      const { person, browser } = await stale(ground);
      const other = await ground.signedIn(person);
      // The list may be refused to a session that was left open: what it would have shown counts as known.
      const ids = (await listed(ground, other)).map((one) => idOf(ground, one));
      given(ids.length >= 2, 'the other session is not listed');
      for (const id of ids) {
        if (!(await ground.isSignedIn(browser))) break;
        await ground.does(copyOf(browser), 'endSession', { id });
      }
      must(await ground.isSignedIn(other), 'an hour after its sign-in, a session ends others without a proof');
      for (const id of ids) await ground.does(copyOf(other), 'endSession', { id });
      given(!(await ground.isSignedIn(browser)), 'a session of now ends none either');
      return 'it is refused';
    },
  },
]);
