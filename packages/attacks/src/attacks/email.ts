import { type Attack, attacksOf } from '../attack.ts';
import type { Ground } from '../ground.ts';
import { sameAddress } from '../mailbox.ts';
import { given, must, NotApplicable } from '../verdict.ts';

/** The links that somebody else gets whose address is registered in capital letters: the same for everybody, they hold no token. */
const notices = async (ground: Ground): Promise<readonly string[]> => {
  const { email } = await ground.person();
  const mark = await ground.mails.mark();
  const password = ground.newPassword();
  await ground.does(ground.browser(), 'register', { email: email.toUpperCase(), password, name: 'Somebody' });
  return ground.mails.links(email, mark);
};

/** Registers an address that may be known, confirms whatever link is mailed for it, and gives the password. */
const claimed = async (ground: Ground, spelled: string): Promise<string> => {
  const browser = ground.browser();
  const password = ground.newPassword();
  const mark = ground.target.mails === null ? null : await ground.mails.mark();
  const answer = await ground.does(browser, 'register', { email: spelled, password, name: 'Somebody' });
  given(answer.status < 500 && answer.status !== 429, `\`register\` answered ${answer.status}`);
  if (answer.ok && ground.has('confirm'))
    for (const token of await ground.mails.tokens(spelled, mark, () => notices(ground)))
      await ground.does(browser, 'confirm', { token, password });
  return password;
};

/** Letters that other letters become when case is mapped or forms are folded (Unicode TR36). */
const twins = (address: string): readonly string[] => {
  const at = address.indexOf('@');
  const name = address.slice(0, at);
  const host = address.slice(at);
  return [
    `${name.replace('k', '\u212a')}${host}`,
    `${name.replace('i', '\u0131')}${host}`,
    `${name.replace('s', '\u017f')}${host}`,
    `${name.replace('p', '\uff50')}${host}`,
    `${name}${host.replace('attacks', 'attac\u212as')}`,
  ];
};

const named = (address: string, name: string): string => address.replace(/^p/, name);

export const email: readonly Attack[] = attacksOf('e-mail', [
  {
    id: 'EMAIL-01',
    title: 'ask for a reset link for an address of look-alike letters',
    claim: 'A reset link goes to the address that is stored, never to the one that was submitted.',
    run: async (ground) => {
      ground.needs('forgot', 'reset', 'register');
      const { password } = ground.stranger();
      const address = named(ground.stranger().email, 'pkis');
      const home = ground.browser();
      let mark = await ground.mails.mark();
      given(
        (await ground.does(home, 'register', { email: address, password, name: 'Somebody' })).ok,
        '`register` refused somebody new',
      );
      if (ground.has('confirm')) {
        const token = await ground.mails.token(address, mark);
        given((await ground.does(home, 'confirm', { token, password })).ok, '`confirm` refused the link');
      }
      for (const twin of twins(address)) {
        if (twin === address) continue;
        mark = await ground.mails.mark();
        const answer = await ground.does(ground.browser(), 'forgot', { email: twin });
        must(answer.status < 500, `\`forgot\` answered ${answer.status} to ${twin}`);
        const stray = (await ground.mails.since(mark)).find(({ to }) => to !== address);
        must(stray === undefined, `a link was mailed to ${stray?.to}, the stored address is ${address}`);
      }
      // The silence tells something only where the stored spelling is answered by a mail.
      await ground.tokenFor('forgot', address);
      return 'none of five spellings got a mail of its own';
    },
  },
  {
    id: 'EMAIL-05',
    title: 'ask for a reset link for two addresses at once',
    claim: 'A list in the place of an address mails nobody.',
    run: async (ground) => {
      ground.needs('forgot');
      const victim = await ground.person();
      const { email: attacker } = ground.stranger();
      await ground.tokenFor('forgot', victim.email);
      const mark = await ground.mails.mark();
      const answer = await ground.does(ground.browser(), 'forgot', { email: [victim.email, attacker] });
      const mails = await ground.mails.since(mark);
      must(!mails.some(({ to }) => String(to).includes(attacker)), `a mail went to the second of two addresses`);
      must(answer.status < 500, `a list of addresses is answered ${answer.status}`);
      return `it is answered ${answer.status}, and nobody got a mail`;
    },
  },
  {
    id: 'EMAIL-22',
    title: 'ask for a reset link for two addresses in one text',
    claim: 'A text with two addresses is no address.',
    run: async (ground) => {
      ground.needs('forgot');
      const victim = await ground.person();
      const { email: attacker } = ground.stranger();
      await ground.tokenFor('forgot', victim.email);
      for (const text of [
        `${victim.email},${attacker}`,
        `${victim.email} ${attacker}`,
        `${victim.email};${attacker}`,
      ]) {
        const mark = await ground.mails.mark();
        const { status } = await ground.does(ground.browser(), 'forgot', { email: text });
        must(status < 500, `two addresses are answered ${status}`);
        const mails = await ground.mails.since(mark);
        must(!mails.some(({ to }) => to.includes(attacker)), `\`${text}\` mailed ${attacker}`);
      }
      return 'nobody got a mail';
    },
  },
  {
    id: 'EMAIL-07',
    title: 'put a header into an address',
    claim: 'An address with a line break is refused, and mails nobody.',
    run: async (ground) => {
      ground.needs('register', 'confirm');
      await ground.person();
      const { email: address, password } = ground.stranger();
      const { email: other } = ground.stranger();
      const mark = await ground.mails.mark();
      const answer = await ground.does(ground.browser(), 'register', {
        email: `${address}\r\nBcc: ${other}`,
        password,
        name: 'Somebody',
      });
      const mails = await ground.mails.since(mark);
      must(
        !mails.some(({ to }) => /[\r\n]/.test(to) || sameAddress(to, other)),
        'a line break reached the header of a mail',
      );
      must(answer.status < 500, `it is answered ${answer.status}`);
      return `it is answered ${answer.status}`;
    },
  },
  {
    id: 'EMAIL-09',
    title: 'register one address eight times at once',
    claim: 'One address is one account, however many register at once.',
    run: async (ground) => {
      ground.needs('register');
      const { email: address } = ground.stranger();
      const mark = ground.target.mails === null ? null : await ground.mails.mark();
      const tries = Array.from({ length: 8 }, () => ({ browser: ground.browser(), password: ground.newPassword() }));
      const answers = await Promise.all(
        tries.map(({ browser, password }) =>
          ground.does(browser, 'register', { email: address, password, name: 'Somebody' }),
        ),
      );
      must(
        answers.every(({ status }) => status < 500),
        `registrations at once are answered ${answers.map(({ status }) => status).join(' ')}`,
      );
      given(
        answers.some(({ ok }) => ok),
        'nobody could register',
      );
      let entered = 0;
      for (const { browser } of tries) if (await ground.isSignedIn(browser)) entered += 1;
      must(entered <= 1, `${entered} registrations of one address are signed in`);
      if (ground.has('confirm')) {
        for (const token of await ground.mails.tokens(address, mark))
          for (const { browser, password } of tries) await ground.does(browser, 'confirm', { token, password });
      }
      let open = 0;
      for (const { password } of tries) if (await ground.opens(address, password)) open += 1;
      must(open <= 1, `${open} passwords open one address`);
      given(open === 1, 'none of the registrations can be used');
      return 'one password opens it';
    },
  },
  {
    id: 'EMAIL-17',
    title: 'register somebody else’s address in capital letters',
    claim: 'An address in other letters is no other account.',
    run: async (ground) => {
      ground.needs('register');
      const { email: address, password } = await ground.person();
      const inCapitals = address.toUpperCase();
      const other = await claimed(ground, inCapitals);
      must(
        !(await ground.opens(inCapitals, other)) && !(await ground.opens(address, other)),
        `${inCapitals} is another account, or took the first one over`,
      );
      given(await ground.opens(address, password), 'the owner cannot sign in afterwards');
      return 'the owner’s password is the only one';
    },
  },
  {
    id: 'EMAIL-23',
    title: 'register somebody else’s address with a space or a NUL',
    claim: 'An address with a space or a NUL is refused, or is the same one.',
    run: async (ground) => {
      ground.needs('register');
      const { email: address } = await ground.person();
      for (const spelled of [`${address} `, ` ${address}`, `${address}\0`]) {
        const password = ground.newPassword();
        const { status } = await ground.does(ground.browser(), 'register', {
          email: spelled,
          password,
          name: 'Somebody',
        });
        must(status < 500, `an address with a character too many is answered ${status}`);
        must(!(await ground.opens(spelled, password)), `${JSON.stringify(spelled)} is another account`);
      }
      return 'there is no second account';
    },
  },
  {
    id: 'EMAIL-14',
    title: 'sign in with the address in capital letters',
    claim: 'Every way in reads an address alike.',
    run: async (ground) => {
      const { email: address, password } = await ground.person();
      const inCapitals = address.toUpperCase();
      if (!(await ground.opens(inCapitals, password))) {
        must(
          await ground.opens(inCapitals, await claimed(ground, inCapitals)),
          'a sign-in tells capital letters apart, a registration does not',
        );
        throw new NotApplicable('a registration tells capital letters apart, and so does a sign-in: see EMAIL-17');
      }
      if (!ground.has('forgot') || ground.target.mails === null) return 'the sign-in does';
      const mark = await ground.mails.mark();
      await ground.does(ground.browser(), 'forgot', { email: inCapitals });
      await ground.does(ground.browser(), 'forgot', { email: address });
      await ground.mails.link(address, mark);
      const mails = (await ground.mails.since(mark)).filter(({ to }) => sameAddress(to, address));
      must(mails.length === 2, 'a reset tells capital letters apart, a sign-in does not');
      return 'sign-in and reset do';
    },
  },
  {
    id: 'EMAIL-21',
    title: 'register a stranger’s address and wait for the owner’s click',
    claim: 'The owner’s click does not confirm a registration that somebody else began.',
    run: async (ground) => {
      ground.needs('register', 'confirm');
      const { email: victim, password } = ground.stranger();
      const mark = await ground.mails.mark();
      given(
        (await ground.does(ground.browser(), 'register', { email: victim, password, name: 'Somebody' })).ok,
        '`register` refused somebody new',
      );
      const token = await ground.mails.token(victim, mark);
      await ground.does(ground.browser(), 'confirm', { token });
      must(
        !(await ground.opens(victim, password)),
        'after a click of the owner, the password of the stranger signs in',
      );
      return 'a click in another browser confirms nothing';
    },
  },
  {
    id: 'EMAIL-25',
    title: 'sign in before the address is confirmed',
    claim: 'An address that nobody has confirmed signs nobody in.',
    run: async (ground) => {
      ground.needs('register');
      const { email: victim, password } = ground.stranger();
      const browser = ground.browser();
      given(
        (await ground.does(browser, 'register', { email: victim, password, name: 'Somebody' })).ok,
        '`register` refused somebody new',
      );
      must(
        !(await ground.isSignedIn(browser)),
        'a registration opens a session for an address that nobody has confirmed',
      );
      must(!(await ground.opens(victim, password)), 'an address that nobody has confirmed signs in');
      return 'it is refused';
    },
  },
]);
