import { type Attack, attacksOf } from '../attack.ts';
import type { Browser } from '../browser.ts';
import type { Ground } from '../ground.ts';
import { bitsOf } from '../token-bits.ts';
import { given, must, NotApplicable } from '../verdict.ts';
import type { Answer } from '../wire.ts';

/** Where a sign-in at a provider sends the browser. */
export const start = async (ground: Ground, browser: Browser): Promise<URL> => {
  ground.needs('oauthStart', 'oauthCallback');
  const answer = await ground.does(browser, 'oauthStart');
  const member: unknown = answer.json === null ? undefined : (answer.json as Record<string, unknown>)['url'];
  const location = answer.header('location') ?? (typeof member === 'string' ? member : '');
  given(URL.canParse(location), `\`oauthStart\` answered ${answer.status}, without a way to a provider`);
  const url = new URL(location);
  // RFC 9126: what is looked for went from server to server.
  if (url.searchParams.has('request_uri')) throw new NotApplicable('the request is pushed: the URL does not show it');
  return url;
};

const stateOf = (url: URL): string => url.searchParams.get('state') ?? '';

/** An answer of the callback as far as it tells how far the request came. */
const faceOf = ({ status, body, header }: Answer): string =>
  `${status} ${header('location') ?? ''} ${body.replace(/"requestId":"[^"]*"/, '')}`;

export const callback = (
  ground: Ground,
  browser: Browser,
  query: Readonly<Record<string, string>>,
): Promise<Answer> => {
  const { path } = ground.profile.steps.oauthCallback ?? { path: '' };
  return ground.does(
    browser,
    'oauthCallback',
    {},
    { path: `${path}?${new URLSearchParams(query)}`, headers: { 'sec-fetch-site': 'cross-site' } },
  );
};

const noCode = 'zq7-a-code-that-no-provider-gave';

/** How the callback answers a state of its own with a code that the provider does not know. */
const usual = async (ground: Ground): Promise<string> => {
  const browser = ground.browser();
  const state = stateOf(await start(ground, browser));
  given(state !== '', 'the way to the provider has no state');
  const answer = await callback(ground, browser, { code: noCode, state });
  given(answer.status < 500 || answer.status === 502, `the callback answered ${answer.status}`);
  given(!(await ground.isSignedIn(browser)), 'the provider takes any code');
  return faceOf(answer);
};

/** Refused before the code is redeemed: otherwise than with a good state, and signed in nowhere. */
const refusedBefore = async (
  ground: Ground,
  how: string,
  good: string,
  browser: Browser,
  query: Readonly<Record<string, string>>,
): Promise<void> => {
  const answer = await callback(ground, browser, query);
  must(!(await ground.isSignedIn(browser)), `a callback ${how} signs in`);
  must(faceOf(answer) !== good, `a callback ${how} is answered as one with its own state: the code was redeemed`);
  given(answer.status < 500, `the callback answered ${answer.status}`);
};

export const oauth: readonly Attack[] = attacksOf('oauth', [
  {
    id: 'OIDC-02',
    title: 'open a callback that nobody began',
    claim: 'A callback without a state, or with one of nobody, redeems no code.',
    run: async (ground) => {
      const good = await usual(ground);
      await refusedBefore(ground, 'without a state', good, ground.browser(), { code: noCode });
      await refusedBefore(ground, 'with an empty state', good, ground.browser(), { code: noCode, state: '' });
      await refusedBefore(ground, 'with the state `undefined`', good, ground.browser(), {
        code: noCode,
        state: 'undefined',
      });
      return 'three are refused before the code is redeemed';
    },
  },
  {
    id: 'OIDC-01',
    title: 'open a callback that another browser began',
    claim: 'A state is bound to its browser.',
    run: async (ground) => {
      const good = await usual(ground);
      const state = stateOf(await start(ground, ground.browser()));
      await refusedBefore(ground, 'of another browser', good, ground.browser(), { code: noCode, state });
      return 'it is refused before the code is redeemed';
    },
  },
  {
    id: 'OIDC-03',
    title: 'look for PKCE on the way to the provider',
    claim: 'Every sign-in at a provider has a challenge of its own, by S256 (RFC 9700 §2.1.1).',
    run: async (ground) => {
      const urls = [await start(ground, ground.browser()), await start(ground, ground.browser())];
      const challenges = urls.map(({ searchParams }) => searchParams.get('code_challenge') ?? '');
      must(
        challenges.every((one) => one !== ''),
        'there is no code_challenge',
      );
      must(
        urls.every(({ searchParams }) => searchParams.get('code_challenge_method') === 'S256'),
        'the method is not S256',
      );
      must(challenges[0] !== challenges[1], 'two sign-ins have one challenge');
      return 'S256';
    },
  },
  {
    id: 'OIDC-04',
    title: 'look for a nonce on the way to the provider',
    claim: 'Every sign-in by OpenID Connect has a nonce of its own.',
    run: async (ground) => {
      const urls = [await start(ground, ground.browser()), await start(ground, ground.browser())];
      if (urls.every(({ searchParams }) => !/\bopenid\b/.test(searchParams.get('scope') ?? 'openid')))
        throw new NotApplicable('the provider is not asked for an ID token');
      const [one, two] = urls.map(({ searchParams }) => searchParams.get('nonce') ?? '');
      must(one !== '' && two !== '', 'there is no nonce');
      must(one !== two, 'two sign-ins have one nonce');
      return 'each has its own';
    },
  },
  {
    id: 'OIDC-27',
    title: 'guess a state',
    claim: 'A state has 128 random bits or more.',
    run: async (ground) => {
      const states: string[] = [];
      for (let i = 0; i < 4; i += 1) states.push(stateOf(await start(ground, ground.browser())));
      must(
        new Set(states).size === states.length && bitsOf(states) >= 128,
        `four have room for ${bitsOf(states)} bits each`,
      );
      return `room for ${bitsOf(states)} bits`;
    },
  },
  {
    id: 'OIDC-18',
    title: 'move the callback to another host',
    claim: 'The callback that a provider is told is the configured one, whatever `Host` says.',
    run: async (ground) => {
      ground.needs('oauthStart');
      const own = (await start(ground, ground.browser())).searchParams.get('redirect_uri') ?? '';
      given(own !== '', 'the way to the provider has no redirect_uri');
      for (const header of ['host', 'x-forwarded-host', 'forwarded']) {
        const value = header === 'forwarded' ? 'host=evil.attacks.example' : 'evil.attacks.example';
        const answer = await ground.does(ground.browser(), 'oauthStart', {}, { headers: { [header]: value } });
        const text = decodeURIComponent(`${answer.header('location') ?? ''} ${answer.body}`);
        must(!text.includes('evil.attacks.example'), `\`${header}\` moves the callback`);
      }
      return own;
    },
  },
]);
