import { type Attack, attacksOf } from '../attack.ts';
import { base64url } from '../base64url.ts';
import { type Browser, copyOf } from '../browser.ts';
import type { Ground } from '../ground.ts';
import type { Claims, Lie, LyingProvider } from '../lying-provider.ts';
import { given, must, NotApplicable } from '../verdict.ts';
import { memberAt } from '../wire.ts';
import { callback, start } from './oauth.ts';

const providerOf = (ground: Ground): LyingProvider => {
  ground.needs('oauthStart', 'oauthCallback');
  const { provider } = ground.target;
  if (provider === undefined || provider === null)
    throw new NotApplicable('the application takes no sign-in from a provider of the suite');
  return provider;
};

/** Somebody at the provider, whose address it has proved. */
const somebody = (ground: Ground, email = ground.stranger().email): Claims => ({
  sub: `subject-${base64url(crypto.getRandomValues(new Uint8Array(9)))}`,
  email,
  email_verified: true,
  name: 'Somebody',
});

/** There and back, unless `through` changes what comes back. */
const goes = async (ground: Ground, user: Claims, lie: Lie = {}, browser = ground.browser()): Promise<Browser> => {
  const back = providerOf(ground).approve(await start(ground, browser), user, lie);
  await returns(ground, browser, back);
  return browser;
};

const returns = async (ground: Ground, browser: Browser, back: URL): Promise<void> => {
  const answer = await callback(ground, browser, Object.fromEntries(back.searchParams));
  must(answer.status < 500 || answer.status === 502 || answer.status === 503, `the callback answers ${answer.status}`);
};

/** Nothing is said where an honest answer of the provider signs nobody in. */
const honestWorks = async (ground: Ground): Promise<void> => {
  given(await ground.isSignedIn(await goes(ground, somebody(ground))), 'an honest sign-in at the provider is refused');
};

const refused = async (ground: Ground, lies: readonly (readonly [what: string, lie: Lie])[]): Promise<string> => {
  await honestWorks(ground);
  for (const [what, lie] of lies)
    must(!(await ground.isSignedIn(await goes(ground, somebody(ground), lie))), `an ID token ${what} signs in`);
  await honestWorks(ground);
  return `${lies.length} are refused`;
};

const claiming = (more: (own: Claims) => Claims): Lie => ({ claims: (own) => ({ ...own, ...more(own) }) });
const without = (name: string): Lie => ({
  claims: (own) => Object.fromEntries(Object.entries(own).filter(([key]) => key !== name)),
});
const seconds = (own: Claims): number => Number(own['iat']);

/** Who is signed in there, by the member that says so, or by the whole answer of `session`. */
const accountOf = async (ground: Ground, browser: Browser): Promise<string> => {
  const { json } = await ground.does(browser, 'session', {}, { apart: true });
  const { has } = ground.profile.steps.session.ok ?? {};
  return JSON.stringify(has === undefined ? json : memberAt(json, has)) ?? '';
};

/** Whether two browsers are signed in to one account. */
const isOne = async (ground: Ground, one: Browser, two: Browser): Promise<boolean> => {
  if (!(await ground.isSignedIn(two))) return false;
  const other = await goes(ground, somebody(ground));
  const [mine, theirs] = [await accountOf(ground, one), await accountOf(ground, two)];
  given(mine !== (await accountOf(ground, other)), '`session` answers alike for two people');
  return mine === theirs;
};

export const providerLies: readonly Attack[] = attacksOf('oauth', [
  {
    id: 'OIDC-06',
    title: 'bring an ID token that the provider did not sign',
    claim:
      'An ID token is verified with the keys of its provider, and with nothing else (OpenID Connect Core §3.1.3.7).',
    run: (ground) => {
      const alg = (name: string) => (own: Claims) => ({ ...own, alg: name });
      return refused(ground, [
        ['without a signature', { header: alg('none'), sign: 'nobody' }],
        ['whose header says NONE', { header: alg('NONE') }],
        ['by HMAC with the secret of the client', { header: alg('HS256'), sign: 'the secret' }],
        ['by a stranger, who brings the key', { sign: 'a stranger' }],
        [
          'by a stranger under another key id',
          { sign: 'a stranger', header: ({ jwk: _, ...own }) => ({ ...own, kid: 'two' }) },
        ],
      ]);
    },
  },
  {
    id: 'OIDC-15',
    title: 'bring an ID token that was made for another client',
    claim: 'An ID token is for this client alone.',
    run: (ground) => {
      const { clientId } = providerOf(ground);
      return refused(ground, [
        ['for another client', claiming(() => ({ aud: 'another' }))],
        ['for two, the other authorized', claiming(() => ({ aud: [clientId, 'another'], azp: 'another' }))],
        ['for nobody', without('aud')],
      ]);
    },
  },
  {
    id: 'OIDC-07',
    title: 'bring an ID token of another issuer',
    claim: 'The issuer of an ID token is the configured one, letter by letter.',
    run: (ground) =>
      refused(ground, [
        ['of another issuer', claiming(() => ({ iss: 'https://evil.attacks.example' }))],
        ['of an issuer with a slash', claiming((own) => ({ iss: `${String(own['iss'])}/` }))],
        ['of two issuers', claiming((own) => ({ iss: [own['iss'], 'https://evil.attacks.example'] }))],
        ['of no issuer', without('iss')],
      ]),
  },
  {
    id: 'OIDC-28',
    title: 'bring an ID token of another sign-in',
    claim: 'An ID token holds the nonce of this very sign-in.',
    run: async (ground) => {
      providerOf(ground);
      const url = await start(ground, ground.browser());
      if (!url.searchParams.has('nonce')) throw new NotApplicable('no nonce was asked for');
      return refused(ground, [
        ['without a nonce', without('nonce')],
        ['with the nonce of somebody else', claiming(() => ({ nonce: url.searchParams.get('nonce') }))],
      ]);
    },
  },
  {
    id: 'OIDC-29',
    title: 'bring an ID token of yesterday',
    claim: 'The end of an ID token is looked at.',
    run: (ground) =>
      refused(ground, [
        ['of yesterday', claiming((own) => ({ iat: seconds(own) - 86_400, exp: seconds(own) - 86_100 }))],
        ['without an end', without('exp')],
      ]),
  },
  {
    id: 'OIDC-08',
    title: 'be nobody at the provider, or two people with one address',
    claim:
      'Who somebody is at a provider is the subject, and neither nothing nor an address (OpenID Connect Core §5.7).',
    run: async (ground) => {
      await honestWorks(ground);
      for (const sub of [undefined, '', null, 7, {}])
        must(
          !(await ground.isSignedIn(await goes(ground, { ...somebody(ground), sub }))),
          `the subject ${JSON.stringify(sub) ?? 'left out'} signs in`,
        );
      const first = somebody(ground);
      const one = await goes(ground, first);
      given(await ground.isSignedIn(one), 'somebody new at the provider is refused');
      const two = await goes(ground, somebody(ground, String(first['email'])));
      const isSame =
        (await ground.isSignedIn(two)) && (await accountOf(ground, one)) === (await accountOf(ground, two));
      must(!isSame, 'another subject with the same address is signed in to the account');
      given(await ground.isSignedIn(await goes(ground, first)), 'the first subject is refused a second time');
      return 'five subjects and a namesake are refused';
    },
  },
  {
    id: 'OIDC-11',
    title: 'take over an account by an address that the provider has not proved',
    claim: 'An address that a provider has not proved opens no account that is there.',
    run: async (ground) => {
      const { person, browser: owner } = await ground.member();
      await honestWorks(ground);
      for (const email_verified of [false, undefined, 'false', null]) {
        const thief = await goes(ground, { ...somebody(ground, person.email), email_verified });
        must(
          !(await isOne(ground, owner, thief)),
          `\`email_verified\` ${JSON.stringify(email_verified) ?? 'left out'} opens the account`,
        );
      }
      return 'four are refused, or are somebody else';
    },
  },
  {
    id: 'OIDC-10',
    title: 'register a stranger’s address and wait until the owner comes from a provider',
    claim: 'A password that was set before the address was proved does not open what its owner signs in to.',
    run: async (ground) => {
      const squatter = await ground.unconfirmed();
      await honestWorks(ground);
      const owner = await goes(ground, somebody(ground, squatter.email));
      const isIn = await ground.isSignedIn(owner);
      must(!(await ground.opens(squatter.email, squatter.password)), 'the password of the squatter signs in');
      if (isIn) must(!(await ground.isSignedIn(squatter.home)), 'the browser of the squatter is signed in');
      return isIn ? 'the owner is signed in, the squatter is not' : 'neither is signed in';
    },
  },
  {
    id: 'OIDC-05',
    title: 'come back from another provider than the one that was asked',
    claim: 'The issuer of the way back is compared before the code is redeemed (RFC 9207 §2.4).',
    run: async (ground) => {
      const { redeemed } = providerOf(ground);
      await honestWorks(ground);
      const before = redeemed.length;
      const other: Lie = { back: (params) => params.set('iss', 'https://evil.attacks.example') };
      const none: Lie = { back: (params) => params.delete('iss') };
      for (const [what, lie] of [
        ['with another issuer', other],
        ['without the issuer', none],
      ] as const) {
        must(!(await ground.isSignedIn(await goes(ground, somebody(ground), lie))), `an answer ${what} signs in`);
        must(redeemed.length === before, `the code of an answer ${what} is redeemed`);
      }
      return 'two are refused, and no code is redeemed';
    },
  },
  {
    id: 'OIDC-31',
    title: 'use an answer of the provider a second time',
    claim: 'A state works once.',
    run: async (ground) => {
      const browser = ground.browser();
      const back = providerOf(ground).approve(await start(ground, browser), somebody(ground));
      const copy = copyOf(browser);
      await returns(ground, browser, back);
      given(await ground.isSignedIn(browser), 'an honest sign-in at the provider is refused');
      await returns(ground, copy, back);
      must(!(await ground.isSignedIn(copy)), 'the same answer signs in again');
      return 'the second use is refused';
    },
  },
  {
    id: 'OIDC-32',
    title: 'use an answer of the provider after two days',
    claim: 'A state ends.',
    run: async (ground) => {
      const { advance } = ground.target;
      if (advance === null) throw new NotApplicable('the clock of the target cannot be moved');
      await honestWorks(ground);
      const browser = ground.browser();
      const url = await start(ground, browser);
      advance(2 * 86_400_000);
      await returns(ground, browser, providerOf(ground).approve(url, somebody(ground)));
      must(!(await ground.isSignedIn(browser)), 'a sign-in that was begun two days ago is ended');
      return 'it is refused';
    },
  },
  {
    id: 'OIDC-33',
    title: 'redeem a code without the verifier',
    claim: 'Every code is redeemed with the verifier of its own challenge (RFC 7636 §4.5).',
    run: async (ground) => {
      const { redeemed } = providerOf(ground);
      await honestWorks(ground);
      await honestWorks(ground);
      const [one, two] = redeemed.slice(-2);
      given(one !== undefined && two !== undefined, 'no code was redeemed');
      for (const { verifier, challenge } of [one, two]) {
        const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
        must(verifier.length >= 43, `the verifier has ${verifier.length} characters`);
        must(base64url(new Uint8Array(hash)) === challenge, 'the verifier is not that of the challenge');
      }
      must(one.verifier !== two.verifier, 'two sign-ins have one verifier');
      return 'each has its own';
    },
  },
  {
    id: 'OIDC-34',
    title: 'plant a session before somebody comes back from a provider',
    claim: 'A sign-in at a provider gives the session a new value.',
    run: async (ground) => {
      if ('bearer' in ground.profile.session) throw new NotApplicable('the session is no cookie');
      await honestWorks(ground);
      const { browser } = await ground.member();
      const planted = ground.sessionOf(browser);
      const thief = ground.withSession(planted);
      const mine = await accountOf(ground, thief);
      await goes(ground, somebody(ground), {}, browser);
      given((await accountOf(ground, browser)) !== mine, 'the sign-in at the provider changed nothing');
      must(ground.sessionOf(browser) !== planted, 'the value of before is kept');
      const isIn = await ground.isSignedIn(thief);
      must(!isIn || (await accountOf(ground, thief)) === mine, 'the planted value is signed in as somebody else');
      return 'it is a new one';
    },
  },
]);
