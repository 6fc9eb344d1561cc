import { type Attack, attacksOf } from '../attack.ts';
import { type Browser, copyOf } from '../browser.ts';
import type { Ground, Person, Twist } from '../ground.ts';
import { given, must, NotApplicable } from '../verdict.ts';

export const evil = 'https://evil.attacks.example';

type Headers = NonNullable<Twist['headers']>;

/** A request as a page of another site sends it. */
export const from = (origin: string, site = 'cross-site'): Headers => ({
  origin,
  'sec-fetch-site': site,
  referer: `${origin}/`,
});

/** A page under another name of the same site: its requests carry SameSite cookies. */
export const sibling = (ground: Ground): string => {
  const { protocol, host } = new URL(ground.target.origin);
  return `${protocol}//sibling.${host}`;
};

/** Whether a sign-in goes through under these headers. The same one without them has to. */
const signsInFrom = async (ground: Ground, headers: Headers, twist: Twist = {}): Promise<boolean> => {
  const { email, password } = await ground.person();
  const browser = ground.browser();
  const answer = await ground.does(browser, 'login', { email, password }, { headers, ...twist });
  given(answer.status < 500 && answer.status !== 429, `\`login\` answered ${answer.status}`);
  const entered = answer.ok || ground.sessionOf(browser) !== '';
  given(await ground.opens(email, password), 'the same sign-in from the own page is refused');
  return entered;
};

/** Whether a change of state of somebody signed in goes through under these headers. */
const changesState = async (
  ground: Ground,
  act: (person: Person, browser: Browser) => Promise<boolean>,
): Promise<boolean> => {
  if ('bearer' in ground.profile.session) throw new NotApplicable('a bearer token is not sent by another site’s page');
  const { person, browser } = await ground.member();
  return act(person, browser);
};

const endsSession = (ground: Ground, headers: Headers, twist: Twist = {}): Promise<boolean> => {
  ground.needs('logout');
  return changesState(ground, async (_person, browser) => {
    const kept = copyOf(browser);
    const answer = await ground.does(browser, 'logout', {}, { headers, apart: true, ...twist });
    given(answer.status < 500 && answer.status !== 429, `\`logout\` answered ${answer.status}`);
    const ended = !(await ground.isSignedIn(kept));
    if (!ended)
      given(
        (await ground.does(kept, 'logout')).ok && !(await ground.isSignedIn(copyOf(browser))),
        '`logout` ends no session',
      );
    return ended;
  });
};

export const csrf: readonly Attack[] = attacksOf('csrf', [
  {
    id: 'CSRF-01',
    title: 'sign somebody in from another site',
    claim: 'A sign-in that another site sends is refused, also without a cookie (login CSRF).',
    run: async (ground) => {
      must(!(await signsInFrom(ground, from(evil))), `a sign-in from ${evil} goes through`);
      return 'it is refused';
    },
  },
  {
    id: 'CSRF-11',
    title: 'sign somebody in from a page without an origin',
    claim: 'The origin `null`, of a sandboxed frame, is another site.',
    run: async (ground) => {
      must(
        !(await signsInFrom(ground, { origin: 'null', 'sec-fetch-site': null })),
        'a sign-in from the origin `null` goes through',
      );
      return 'it is refused';
    },
  },
  {
    id: 'CSRF-12',
    title: 'sign somebody in from another site that hides its origin',
    claim: '`Sec-Fetch-Site: cross-site` is refused, whatever else is missing.',
    run: async (ground) => {
      must(
        !(await signsInFrom(ground, { origin: null, 'sec-fetch-site': 'cross-site' })),
        'a cross-site sign-in without `Origin` goes through',
      );
      return 'it is refused';
    },
  },
  {
    id: 'CSRF-13',
    title: 'sign somebody in by a form whose text looks like JSON',
    claim: 'JSON in a type that any form can send is not read for another site.',
    run: async (ground) => {
      const { email, password } = await ground.person();
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
        const browser = ground.browser();
        const headers = { ...from(evil), 'content-type': type };
        const answer = await ground.does(browser, 'login', { email, password }, { headers });
        given(answer.status < 500 && answer.status !== 429, `\`login\` answered ${answer.status}`);
        must(!answer.ok && ground.sessionOf(browser) === '', `a sign-in as ${type} from another site goes through`);
      }
      given(await ground.opens(email, password), 'the same sign-in from the own page is refused');
      return 'three types are refused';
    },
  },
  {
    id: 'CSRF-14',
    title: 'sign somebody in from sites that look like the own one',
    claim: 'Origins are compared as a whole.',
    run: async (ground) => {
      const { protocol, host, hostname } = new URL(ground.target.origin);
      const { email, password } = await ground.person();
      const others = [
        `${protocol}//${host}.evil.example`,
        `${protocol}//evil-${host}`,
        `${protocol}//evil.example/${host}`,
        `${protocol}//${hostname}:1`,
        `${protocol}//${host}@evil.example`,
        `${protocol === 'https:' ? 'http:' : 'https:'}//${host}`,
      ];
      for (const origin of others) {
        const browser = ground.browser();
        const answer = await ground.does(
          browser,
          'login',
          { email, password },
          { headers: { origin, 'sec-fetch-site': null } },
        );
        given(answer.status < 500 && answer.status !== 429, `\`login\` answered ${answer.status}`);
        must(!answer.ok && ground.sessionOf(browser) === '', `a sign-in from ${origin} goes through`);
      }
      given(await ground.opens(email, password), 'the same sign-in from the own page is refused');
      return `${others.length} are refused`;
    },
  },
  {
    id: 'CSRF-18',
    title: 'sign somebody in from another site that names the own Host',
    claim: 'The origin is compared with the configured one, never with `Host` or forwarding headers.',
    run: async (ground) => {
      const host = new URL(evil).host;
      const { email, password } = await ground.person();
      for (const header of ['host', 'x-forwarded-host']) {
        const browser = ground.browser();
        const headers = { origin: evil, 'sec-fetch-site': null, [header]: host };
        const answer = await ground.does(browser, 'login', { email, password }, { headers });
        given(answer.status < 500 && answer.status !== 429, `\`login\` answered ${answer.status}`);
        must(!answer.ok && ground.sessionOf(browser) === '', `\`${header}: ${host}\` makes ${evil} the own origin`);
      }
      given(await ground.opens(email, password), 'the same sign-in from the own page is refused');
      return 'two headers change nothing';
    },
  },
  {
    id: 'CSRF-10',
    title: 'sign somebody out from a sibling host',
    claim: 'A change of state that a sibling host sends, with SameSite cookies, is refused.',
    run: async (ground) => {
      must(!(await endsSession(ground, from(sibling(ground), 'same-site'))), 'a sibling host has ended the session');
      return 'it is refused';
    },
  },
  {
    id: 'CSRF-19',
    title: 'change somebody’s address from a sibling host',
    claim: 'A change of address that another origin sends is refused.',
    run: async (ground) => {
      ground.needs('changeEmail');
      const { email } = ground.stranger();
      const sent = await changesState(ground, async (person, browser) => {
        const mark = await ground.mails.mark();
        const headers = from(sibling(ground), 'same-site');
        const answer = await ground.does(browser, 'changeEmail', { email, password: person.password }, { headers });
        given(answer.status < 500 && answer.status !== 429, `\`changeEmail\` answered ${answer.status}`);
        const mails = await ground.mails.since(mark);
        given(
          (await ground.does(browser, 'changeEmail', { email, password: person.password })).ok,
          '`changeEmail` is refused to the own page',
        );
        return answer.ok || mails.length > 0;
      });
      must(!sent, 'a sibling host has asked for a change of address');
      return 'it is refused';
    },
  },
  {
    id: 'CSRF-20',
    title: 'delete somebody’s account from a sibling host',
    claim: 'A DELETE that another origin sends is refused.',
    run: async (ground) => {
      ground.needs('deleteAccount');
      const gone = await changesState(ground, async (person, browser) => {
        const answer = await ground.does(
          browser,
          'deleteAccount',
          { password: person.password },
          { headers: from(sibling(ground), 'same-site') },
        );
        given(answer.status < 500 && answer.status !== 429, `\`deleteAccount\` answered ${answer.status}`);
        const deleted = !(await ground.opens(person.email, person.password));
        const own = await ground.does(browser, 'deleteAccount', { password: person.password });
        given(deleted || own.ok, `the own page is answered ${own.status}`);
        return deleted;
      });
      must(!gone, 'a sibling host has deleted the account');
      return 'it is refused';
    },
  },
  {
    id: 'CSRF-21',
    title: 'sign somebody out by a request that says nothing of itself',
    claim: 'A form with cookies and without `Origin` and `Sec-Fetch-Site` is refused.',
    run: async (ground) => {
      ground.needs('logout');
      const headers = { origin: null, 'sec-fetch-site': null };
      must(!(await endsSession(ground, headers, { form: true })), 'a form of an unknown page has ended the session');
      return 'it is refused';
    },
  },
  {
    id: 'CSRF-07',
    title: 'sign somebody out by an image',
    claim: 'A GET changes nothing.',
    run: async (ground) => {
      ground.needs('logout');
      const { browser } = await ground.member();
      for (const method of ['GET', 'HEAD', 'OPTIONS']) {
        await ground.does(copyOf(browser), 'logout', {}, { method, apart: true });
        must(await ground.isSignedIn(browser), `${method} of \`logout\` ends the session`);
      }
      given(
        (await ground.does(copyOf(browser), 'logout')).ok && !(await ground.isSignedIn(browser)),
        '`logout` ends no session',
      );
      return 'neither do HEAD and OPTIONS';
    },
  },
  {
    id: 'CSRF-08',
    title: 'sign somebody out by a GET that claims to be a POST',
    claim: 'Headers and members that name another method are not heard.',
    run: async (ground) => {
      ground.needs('logout');
      const { browser } = await ground.member();
      const { path, method } = ground.profile.steps.logout ?? { path: '', method: 'POST' };
      for (const name of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
        await ground.asks(copyOf(browser), 'GET', path, { headers: { ...from(evil), [name]: method }, apart: true });
        must(await ground.isSignedIn(browser), `\`${name}\` turns a GET into a ${method}`);
      }
      await ground.asks(copyOf(browser), 'GET', `${path}?_method=${method}`, { headers: from(evil), apart: true });
      must(await ground.isSignedIn(browser), `\`?_method=\` turns a GET into a ${method}`);
      given(
        (await ground.does(copyOf(browser), 'logout')).ok && !(await ground.isSignedIn(browser)),
        '`logout` ends no session',
      );
      return 'four ways are not heard';
    },
  },
]);
