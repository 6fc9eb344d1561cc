import { type Attack, attacksOf } from '../attack.ts';
import type { Ground } from '../ground.ts';
import { linksOf, sameAddress } from '../mailbox.ts';
import { given, must, NotApplicable } from '../verdict.ts';

/** The mails of a reset that was asked for with these headers. */
const hostsOf = async (ground: Ground, headers: Readonly<Record<string, string>>): Promise<readonly string[]> => {
  const { email } = await ground.person();
  const mark = await ground.mails.mark();
  await ground.does(ground.browser(), 'forgot', { email }, { headers });
  return (await ground.mails.since(mark)).flatMap(linksOf).map(({ href }) => href);
};

const evil = 'evil.attacks.example';

const keepsItsHost = async (ground: Ground, tries: readonly Readonly<Record<string, string>>[]): Promise<string> => {
  ground.needs('forgot');
  await ground.tokenFor('forgot', (await ground.person()).email);
  for (const headers of tries) {
    const stray = (await hostsOf(ground, headers)).find(
      (href) => href.includes(evil) || href.startsWith('javascript:'),
    );
    must(stray === undefined, `${Object.keys(headers).join(', ')} moved the link to ${stray?.split('?')[0]}`);
  }
  return 'links keep their origin';
};

/** Where links are mailed to, where they lead, and how many there are. */
export const linkMails: readonly Attack[] = attacksOf('tokens', [
  {
    id: 'TOK-08',
    title: 'ask for a reset link under another Host',
    claim: 'Links are made of the configured origin, never of `Host`.',
    run: (ground) => keepsItsHost(ground, [{ host: evil }]),
  },
  {
    id: 'TOK-28',
    title: 'ask for a reset link with forwarded hosts',
    claim: 'Links are made of the configured origin, never of forwarding headers.',
    run: (ground) =>
      keepsItsHost(ground, [
        { 'x-forwarded-host': evil },
        { forwarded: `host=${evil};proto=https` },
        { 'x-original-host': evil, 'x-host': evil },
        { 'x-forwarded-proto': 'javascript', 'x-forwarded-server': evil },
        { origin: `https://${evil}`, referer: `https://${evil}/` },
      ]),
  },
  {
    id: 'TOK-12',
    title: 'ask for twelve reset links for one address',
    claim: 'One address gets no more than a handful of mails, from wherever they are asked for.',
    run: async (ground) => {
      ground.needs('forgot');
      const { email } = await ground.person();
      await ground.tokenFor('forgot', email);
      const mark = await ground.mails.mark();
      for (let i = 0; i < 12; i += 1) await ground.does(ground.browser(), 'forgot', { email });
      const count = (await ground.mails.since(mark)).filter(({ to }) => to === email).length;
      must(count <= 6, `${count} mails for 12 requests`);
      return `${count} mails for 12 requests`;
    },
  },
  {
    id: 'TOK-29',
    title: 'lock an account by asking for reset links',
    claim: 'Asking for reset links locks nobody out.',
    run: async (ground) => {
      ground.needs('forgot');
      const { email, password } = await ground.person();
      await ground.tokenFor('forgot', email);
      const browser = ground.browser();
      for (let i = 0; i < 12; i += 1) await ground.does(browser, 'forgot', { email });
      const answer = await ground.does(ground.browser(), 'login', { email, password });
      must(answer.ok, `the right password is answered ${answer.status} afterwards`);
      return 'the password signs in afterwards';
    },
  },
  {
    id: 'TOK-15',
    title: 'ask for a reset link with more members than there are',
    claim: 'Nobody but the account decides where a link goes.',
    run: async (ground) => {
      ground.needs('forgot');
      const { email } = await ground.person();
      const { email: attacker } = ground.stranger();
      await ground.tokenFor('forgot', email);
      for (const member of ['to', 'cc', 'bcc', 'recipient', 'redirectTo', 'url']) {
        const mark = await ground.mails.mark();
        const value = member === 'redirectTo' || member === 'url' ? `https://${evil}/` : attacker;
        await ground.does(ground.browser(), 'forgot', { email }, { more: { [member]: value } });
        const mails = await ground.mails.since(mark);
        must(
          !mails.some(({ to }) => sameAddress(to, attacker)),
          `a member \`${member}\` sent the link to somebody else`,
        );
        const moved = mails.flatMap(linksOf).some(({ href }) => href.includes(evil));
        must(!moved, `a member \`${member}\` moved the link to another site`);
      }
      return 'six members are refused or ignored';
    },
  },
  {
    id: 'TOK-13',
    title: 'learn a token from the page that a link opens',
    claim: 'A page that is opened with a token sends no Referer and is stored nowhere.',
    run: async (ground) => {
      ground.needs('forgot');
      const { email } = await ground.person();
      const mark = await ground.mails.mark();
      await ground.does(ground.browser(), 'forgot', { email });
      const url = await ground.mails.link(email, mark);
      if (url.origin !== ground.target.origin)
        throw new NotApplicable(`the link leads to ${url.origin}, another origin`);
      const answer = await ground.asks(ground.browser(), 'GET', url.pathname + url.search, {
        headers: { accept: 'text/html' },
      });
      given(answer.status === 200, `the page of the link answered ${answer.status}`);
      const policy = answer.header('referrer-policy') ?? '';
      must(/no-referrer$|same-origin|^origin$|strict-origin/.test(policy), `Referrer-Policy is \`${policy}\``);
      const cache = answer.header('cache-control') ?? '';
      must(/no-store|no-cache|max-age=0/.test(cache), `Cache-Control is \`${cache}\``);
      return policy;
    },
  },
]);
