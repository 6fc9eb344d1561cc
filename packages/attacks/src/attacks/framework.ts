import { type Attack, attacksOf } from '../attack.ts';
import type { Ground, Twist } from '../ground.ts';
import { given, must, NotApplicable } from '../verdict.ts';
import type { Answer } from '../wire.ts';

interface Guarded {
  readonly method: string;
  readonly path: string;
}

/** Something that somebody signed in may read and nobody else. */
const guarded = async (ground: Ground): Promise<Guarded> => {
  const step = ground.profile.steps.guarded;
  if (step === undefined) throw new NotApplicable('the profile has no step `guarded`');
  const { browser } = await ground.member();
  given((await ground.does(browser, 'guarded')).ok, '`guarded` is refused to somebody signed in');
  const nobody = await ground.does(ground.browser(), 'guarded');
  must(nobody.status >= 300, `\`guarded\` is answered ${nobody.status} to nobody`);
  return step;
};

const isOpen = ({ status, body }: Answer): boolean => status >= 200 && status < 300 && body !== '';

const nobodyReads = async (ground: Ground, tries: readonly Twist[]): Promise<string> => {
  const { method, path } = await guarded(ground);
  for (const twist of tries) {
    const answer = await ground.asks(ground.browser(), method, path, twist);
    const what = JSON.stringify(twist.path ?? twist.headers ?? twist.method);
    must(!isOpen(answer), `${what} is answered ${answer.status} to nobody`);
    must(answer.status < 500 || answer.status === 501, `${what} is answered ${answer.status}`);
  }
  return `${tries.length} tries are refused`;
};

const headers = (list: Readonly<Record<string, string>>): readonly Twist[] =>
  Object.entries(list).map(([name, value]) => ({ headers: { [name]: value } }));

export const framework: readonly Attack[] = attacksOf('framework', [
  {
    id: 'FW-01',
    title: 'skip the guard by a header of the framework',
    claim: 'No header of a framework’s inside skips the guard (CVE-2025-29927).',
    run: (ground) => {
      const deep = Array.from({ length: 5 }, () => 'src/middleware').join(':');
      return nobodyReads(ground, [
        ...headers({ 'x-middleware-subrequest': deep, 'x-middleware-prefetch': '1', 'x-nextjs-data': '1', rsc: '1' }),
        ...headers({ 'x-middleware-next': '1', 'x-invoke-path': '/', 'x-matched-path': '/', 'next-action': 'x' }),
        { headers: { 'x-middleware-subrequest': 'middleware:middleware:middleware:middleware:middleware' } },
      ]);
    },
  },
  {
    id: 'FW-13',
    title: 'skip the guard by another spelling of the path',
    claim: 'Whatever a path is spelled like, nobody reads what is guarded.',
    run: async (ground) => {
      const { path = '/' } = ground.profile.steps.guarded ?? {};
      const last = path.lastIndexOf('/');
      const [head, tail] = [path.slice(0, last), path.slice(last + 1)];
      const first = `%${tail.charCodeAt(0).toString(16)}${tail.slice(1)}`;
      return nobodyReads(
        ground,
        [
          path.toUpperCase(),
          `${path}/`,
          `/${path}`,
          `${head}//${tail}`,
          `${head}/./${tail}`,
          `${head}/x/../${tail}`,
          `${head}/${first}`,
          `${head}%2f${tail}`,
          `${path}%00`,
          `${path}%20`,
          `${path};a=b`,
          `${path}.json`,
          `${path}?`,
          `${head}/..%2f${tail}`,
          `${path}%23`,
        ].map((other) => ({ path: other })),
      );
    },
  },
  {
    id: 'FW-14',
    title: 'skip the guard by a path in a header',
    claim: 'Headers that name another path are not heard.',
    run: async (ground) => {
      const { path } = await guarded(ground);
      const { path: harmless } = ground.profile.steps.session;
      const tries = ['x-original-url', 'x-rewrite-url', 'x-forwarded-uri', 'x-forwarded-path', 'x-forwarded-prefix'];
      const own = await ground.asks(ground.browser(), 'GET', harmless);
      for (const name of tries) {
        const answer = await ground.asks(ground.browser(), 'GET', harmless, { headers: { [name]: path } });
        given(answer.status < 500, `answered ${answer.status}`);
        must(answer.body === own.body || !isOpen(answer), `\`${name}\` moves the request to what is guarded`);
      }
      return nobodyReads(
        ground,
        tries.map((name) => ({ headers: { [name]: harmless } })),
      );
    },
  },
  {
    id: 'FW-09',
    title: 'skip the guard by another method',
    claim: 'Unknown methods are refused and open nothing.',
    run: (ground) =>
      nobodyReads(
        ground,
        ['PROPFIND', 'BREW', 'PATCH', 'PUT', 'get', 'GETX'].map((method) => ({ method })),
      ),
  },
  {
    id: 'FW-15',
    title: 'be somebody by a header',
    claim: 'Headers that a proxy would set for somebody signed in are not believed.',
    run: async (ground) => {
      const { person, browser } = await ground.member();
      const seen = await ground.does(browser, 'session');
      const id = /"(?:id|userId|user_id|sub)"\s*:\s*"?([^",}]+)/.exec(seen.body)?.[1] ?? '1';
      const names = [
        'x-user-id',
        'x-user',
        'x-user-email',
        'x-forwarded-user',
        'x-forwarded-email',
        'remote-user',
        'x-remote-user',
      ];
      const more = [
        'x-auth-request-email',
        'x-authenticated-user',
        'x-webauth-user',
        'x-goog-authenticated-user-email',
        'x-impersonate',
      ];
      for (const name of [...names, ...more]) {
        for (const value of [id, person.email]) {
          must(
            !(await ground.isSignedIn(ground.browser(), { headers: { [name]: value } })),
            `\`${name}: ${value}\` is signed in`,
          );
        }
      }
      return `${names.length + more.length} headers are not heard`;
    },
  },
  {
    id: 'FW-16',
    title: 'be somebody by an Authorization header that means nothing',
    claim: 'What is no token opens nothing.',
    run: async (ground) => {
      const { person } = await ground.member();
      const basic = `Basic ${btoa(`${person.email}:wrong`)}`;
      for (const value of [
        'Bearer',
        'Bearer ',
        'Bearer null',
        'Bearer undefined',
        'Bearer 0',
        'Bearer {}',
        'Bearer a.b.c',
        basic,
        'Basic Og==',
        'Token x',
      ]) {
        must(
          !(await ground.isSignedIn(ground.browser(), { headers: { authorization: value } })),
          `\`${value}\` is signed in`,
        );
      }
      return 'ten values are nobody';
    },
  },
  {
    id: 'FW-17',
    title: 'be somebody by a session that is none',
    claim: 'Whatever stands in the place of a session is nobody, and breaks nothing.',
    run: async (ground) => {
      const odd = [
        'undefined',
        'null',
        '0',
        'true',
        '%',
        '%00',
        '%E0%A4%A',
        '{}',
        'j:{}',
        '__proto__',
        'constructor',
        '*',
        "'",
        '../..',
        's:x.y',
        'a'.repeat(4_000),
      ];
      for (const value of odd) {
        const answer = await ground.does(ground.withSession(value), 'session', {}, { apart: true });
        must(answer.status < 500, `\`${value.slice(0, 20)}\` is answered ${answer.status}`);
        must(!answer.ok, `\`${value.slice(0, 20)}\` is signed in`);
      }
      await ground.member();
      return `${odd.length} values are nobody`;
    },
  },
  {
    id: 'FW-18',
    title: 'read what is guarded by a conditional or partial request',
    claim: 'Conditional and partial requests ask the guard like any other.',
    run: (ground) =>
      nobodyReads(
        ground,
        headers({
          range: 'bytes=0-',
          'if-none-match': '*',
          'if-modified-since': 'Thu, 01 Jan 1970 00:00:00 GMT',
          'x-requested-with': 'XMLHttpRequest',
          purpose: 'prefetch',
          'x-purpose': 'preview',
        }),
      ),
  },
]);
