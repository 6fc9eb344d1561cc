import { type Attack, attacksOf } from '../attack.ts';
import type { Ground } from '../ground.ts';
import { given, must, NotApplicable } from '../verdict.ts';
import type { Answer, SetCookie } from '../wire.ts';

interface Signed {
  readonly answer: Answer;
  readonly cookie: SetCookie;
}

/** The answer that signs somebody in, and the session cookie in it. */
const signedIn = async (ground: Ground): Promise<Signed> => {
  const { session } = ground.profile;
  if (!('cookie' in session)) throw new NotApplicable('the session is no cookie');
  const { email, password } = await ground.person();
  const answer = await ground.does(ground.browser(), 'login', { email, password });
  const cookie = answer.cookies.find(({ name }) => name === session.cookie);
  given(answer.ok && cookie !== undefined, `\`login\` answered ${answer.status} without the cookie`);
  return { answer, cookie };
};

const onHttps = (ground: Ground): void => {
  if (!ground.target.origin.startsWith('https:')) throw new NotApplicable('the target is not served over https');
};

const isPrivate = (answer: Answer): boolean => /no-store|private/.test(answer.header('cache-control') ?? '');

export const cookies: readonly Attack[] = attacksOf('sessions', [
  {
    id: 'SES-09',
    title: 'read the session cookie by a script',
    claim: 'The session cookie is HttpOnly.',
    run: async (ground) => {
      must((await signedIn(ground)).cookie.attributes.has('httponly'), 'it has no HttpOnly');
      return 'HttpOnly';
    },
  },
  {
    id: 'SES-29',
    title: 'read the session cookie off an unencrypted connection',
    claim: 'The session cookie is Secure.',
    run: async (ground) => {
      onHttps(ground);
      must((await signedIn(ground)).cookie.attributes.has('secure'), 'it has no Secure');
      return 'Secure';
    },
  },
  {
    id: 'SES-30',
    title: 'have another site send the session cookie along',
    claim: 'The session cookie is SameSite=Lax or Strict.',
    run: async (ground) => {
      const sameSite = (await signedIn(ground)).cookie.attributes.get('samesite')?.toLowerCase();
      must(sameSite === 'lax' || sameSite === 'strict', `SameSite is \`${sameSite ?? 'absent'}\``);
      return `SameSite=${sameSite}`;
    },
  },
  {
    id: 'SES-31',
    title: 'plant a session cookie from a sibling host',
    claim:
      'The name of the session cookie begins with `__Host-`, so that no other host can set it (RFC 6265bis §4.1.3.2).',
    run: async (ground) => {
      onHttps(ground);
      const { cookie } = await signedIn(ground);
      must(cookie.name.startsWith('__Host-'), `it is called \`${cookie.name}\``);
      must(
        cookie.attributes.get('path') === '/' && !cookie.attributes.has('domain'),
        'a browser refuses it: `__Host-` wants Path=/ and no Domain',
      );
      return cookie.name;
    },
  },
  {
    id: 'SES-47',
    title: 'receive the session cookie on a sibling host',
    claim: 'The session cookie has no Domain: it goes to its own host alone.',
    run: async (ground) => {
      const domain = (await signedIn(ground)).cookie.attributes.get('domain');
      must(domain === undefined, `Domain is \`${domain}\``);
      return 'no Domain';
    },
  },
  {
    id: 'SES-17',
    title: 'make a browser drop the session cookie',
    claim: 'The session cookie fits into 4,096 bytes and 400 days (RFC 6265bis §5.5).',
    run: async (ground) => {
      const { name, value, attributes } = (await signedIn(ground)).cookie;
      must(name.length + value.length <= 4_096, `it has ${name.length + value.length} bytes`);
      const days = Number(attributes.get('max-age') ?? 0) / 86_400;
      must(days <= 400, `it lasts ${days} days`);
      return `${name.length + value.length} bytes, ${Math.round(days)} days`;
    },
  },
  {
    id: 'SES-14',
    title: 'find a session in a cache',
    claim: 'An answer that sets a cookie is stored by no cache (RFC 9111 §7.3).',
    run: async (ground) => {
      const { answer } = await signedIn(ground);
      must(isPrivate(answer), `Cache-Control is \`${answer.header('cache-control') ?? 'absent'}\``);
      return answer.header('cache-control') ?? '';
    },
  },
  {
    id: 'SES-36',
    title: 'find somebody’s account in a cache',
    claim: 'An answer that tells who is signed in is stored by no shared cache.',
    run: async (ground) => {
      const { browser } = await ground.member();
      const answer = await ground.does(browser, 'session');
      given(answer.ok, `\`session\` answered ${answer.status}`);
      must(isPrivate(answer), `Cache-Control is \`${answer.header('cache-control') ?? 'absent'}\``);
      return answer.header('cache-control') ?? '';
    },
  },
]);
