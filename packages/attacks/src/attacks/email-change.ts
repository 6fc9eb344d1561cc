import { type Attack, attacksOf } from '../attack.ts';
import { sameAddress } from '../mailbox.ts';
import { given, must } from '../verdict.ts';

export const emailChange: readonly Attack[] = attacksOf('e-mail', [
  {
    id: 'EMAIL-16',
    title: 'change the address of a session and watch the old mailbox',
    claim: 'The old address is told of a change.',
    run: async (ground) => {
      ground.needs('changeEmail', 'confirmEmail');
      const { person, browser } = await ground.member();
      const { email: next } = ground.stranger();
      const mark = await ground.mails.mark();
      const token = await ground.tokenFor('changeEmail', next, browser);
      given((await ground.does(browser, 'confirmEmail', { token })).ok, '`confirmEmail` refused the link');
      const mails = await ground.mails.since(mark);
      must(
        mails.some(({ to }) => sameAddress(to, person.email)),
        'nothing was mailed to the old address',
      );
      return 'it got a mail';
    },
  },
  {
    id: 'EMAIL-18',
    title: 'change the address to one whose mailbox is somebody else’s',
    claim: 'A new address counts only when its mailbox has confirmed it.',
    run: async (ground) => {
      ground.needs('changeEmail', 'confirmEmail');
      const { person, browser } = await ground.member();
      const { email: next } = ground.stranger();
      given(
        (await ground.does(browser, 'changeEmail', { email: next, password: person.password })).ok,
        '`changeEmail` refused',
      );
      must(!(await ground.opens(next, person.password)), 'the new address signs in before it is confirmed');
      given(await ground.opens(person.email, person.password), 'the old address does not sign in');
      return 'the old one signs in until then';
    },
  },
  {
    id: 'EMAIL-24',
    title: 'hang an address on an account by a click of its owner',
    claim: 'A link that confirms a new address works only for whoever asked for it.',
    run: async (ground) => {
      ground.needs('changeEmail', 'confirmEmail');
      const { person, browser } = await ground.member();
      const { email: victim } = ground.stranger();
      const token = await ground.tokenFor('changeEmail', victim, browser);
      await ground.does(ground.browser(), 'confirmEmail', { token });
      must(!(await ground.opens(victim, person.password)), 'the click of a stranger has confirmed the change');
      const again = await ground.tokenFor('changeEmail', ground.stranger().email, browser);
      const own = await ground.does(browser, 'confirmEmail', { token: again });
      given(own.ok, `whoever asked is answered ${own.status}`);
      return 'a click in another browser changes nothing';
    },
  },
  {
    id: 'EMAIL-13',
    title: 'confirm a change of address that was asked for before a reset',
    claim: 'A reset voids a change of address that is under way.',
    run: async (ground) => {
      ground.needs('changeEmail', 'confirmEmail', 'forgot', 'reset');
      const { person, browser } = await ground.member();
      const { email: next } = ground.stranger();
      const pending = await ground.tokenFor('changeEmail', next, browser);
      const password = ground.newPassword();
      const token = await ground.tokenFor('forgot', person.email);
      given((await ground.does(ground.browser(), 'reset', { token, password })).ok, '`reset` refused the link');
      const owner = await ground.signedIn({ email: person.email, password });
      const confirmed = await ground.does(owner, 'confirmEmail', { token: pending });
      must(
        !confirmed.ok && !(await ground.opens(next, password)),
        'the link of before the reset still changes the address',
      );
      const again = await ground.tokenFor('changeEmail', ground.stranger().email, owner);
      const fresh = await ground.does(owner, 'confirmEmail', { token: again });
      given(fresh.ok, `a link of after the reset is answered ${fresh.status}`);
      return `it is answered ${confirmed.status}`;
    },
  },
  {
    id: 'EMAIL-20',
    title: 'change the address of a stolen session for good',
    claim: 'The old address can take a change back.',
    run: async (ground) => {
      ground.needs('changeEmail', 'confirmEmail', 'revertEmail');
      const { person, browser } = await ground.member();
      const { email: next } = ground.stranger();
      const mark = await ground.mails.mark();
      const token = await ground.tokenFor('changeEmail', next, browser);
      given((await ground.does(browser, 'confirmEmail', { token })).ok, '`confirmEmail` refused the link');
      given(await ground.opens(next, person.password), 'the new address does not sign in');
      const way = await ground.mails.token(person.email, mark);
      given((await ground.does(ground.browser(), 'revertEmail', { token: way })).ok, '`revertEmail` refused the link');
      must(!(await ground.opens(next, person.password)), 'the new address still signs in');
      must(!(await ground.isSignedIn(browser)), 'the session that changed it is still signed in');
      return 'its link ended the new address and the session';
    },
  },
]);
