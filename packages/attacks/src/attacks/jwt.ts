import { type Attack, attacksOf, given, must, NotApplicable } from '../attack.ts';
import type { Ground } from '../ground.ts';

/** The parts of a signed token, unverified. */
const partsOf = (token: string): readonly unknown[] =>
  token
    .split('.')
    .slice(0, 2)
    .map((part): unknown => {
      try {
        return JSON.parse(
          new TextDecoder().decode(
            Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0)),
          ),
        );
      } catch {
        return null;
      }
    });

const encoded = (value: unknown): string =>
  btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

const accessToken = async (ground: Ground) => {
  if (!('bearer' in ground.profile.session)) throw new NotApplicable('the session is no bearer token');
  const { browser } = await ground.member();
  const token = browser.bearer ?? '';
  const [head, claims] = partsOf(token);
  if (token.split('.').length !== 3 || typeof head !== 'object' || head === null)
    throw new NotApplicable('the bearer token is no JWT');
  given(await ground.isSignedIn(browser), 'the token is refused');
  return {
    token,
    head: head as Record<string, unknown>,
    claims: claims as Record<string, unknown>,
    signature: token.split('.')[2] ?? '',
  };
};

export const jwt: readonly Attack[] = attacksOf('jwt', [
  {
    id: 'JWT-01',
    title: 'send an access token without a signature',
    claim: 'A token whose header says `none` is refused, however it is spelled (RFC 8725 §3.1).',
    run: async (ground) => {
      const { token, head, claims, signature } = await accessToken(ground);
      const [, body = ''] = token.split('.');
      for (const alg of ['none', 'None', 'NONE', 'nOnE', '', null, [], undefined]) {
        for (const end of ['', signature]) {
          const forged = `${encoded({ ...head, alg })}.${body}.${end}`;
          must(!(await ground.isSignedIn(ground.withSession(forged))), `alg ${JSON.stringify(alg)} is signed in`);
        }
      }
      must(
        !(await ground.isSignedIn(ground.withSession(`${encoded(head)}.${encoded(claims)}`))),
        'two parts are signed in',
      );
      return 'seventeen are refused';
    },
  },
  {
    id: 'JWT-19',
    title: 'change what an access token says',
    claim: 'What a token says is covered by its signature.',
    run: async (ground) => {
      const { head, claims, signature } = await accessToken(ground);
      const later = { ...claims, exp: Number(claims['exp']) + 86_400, sub: 'somebody', userId: 1 };
      must(
        !(await ground.isSignedIn(ground.withSession(`${encoded(head)}.${encoded(later)}.${signature}`))),
        'a changed token is signed in',
      );
      return 'it is refused';
    },
  },
  {
    id: 'JWT-07',
    title: 'take a token of one kind or service to another',
    claim: 'An access token names its kind, its issuer and whom it is for (RFC 8725 §3.8 to §3.11, RFC 9068).',
    run: async (ground) => {
      const { head, claims } = await accessToken(ground);
      const missing = ['iss', 'aud', 'exp'].filter((name) => claims[name] === undefined);
      must(missing.length === 0, `it has no ${missing.join(', ')}`);
      must(/^(?:application\/)?at\+jwt$/i.test(String(head['typ'])), `its type is \`${String(head['typ'])}\``);
      return `${String(head['typ'])} of ${String(claims['iss'])}`;
    },
  },
  {
    id: 'JWT-08',
    title: 'use an access token after a day',
    claim: 'An access token lives for an hour at most, and its end is looked at.',
    run: async (ground) => {
      const { claims, token } = await accessToken(ground);
      const { advance } = ground.target;
      if (advance === null) throw new NotApplicable('the clock of the target cannot be moved');
      const lives = Number(claims['exp']) - Math.floor(ground.target.now() / 1_000);
      must(lives > 0 && lives <= 3_600, `it lives for ${lives} s`);
      advance(86_400_000);
      const answer = await ground.does(ground.withSession(token), 'session');
      must(!answer.ok, 'it is signed in after a day');
      return `it lives for ${lives} s`;
    },
  },
]);
