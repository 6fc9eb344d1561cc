import { type Attack, attacksOf } from '../attack.ts';
import type { Ground, Outcome } from '../ground.ts';
import { given, must, NotApplicable } from '../verdict.ts';

/** Where a form login sends the browser. */
const landing = async (
  ground: Ground,
  target: string,
): Promise<{ readonly answer: Outcome; readonly to: URL | null; readonly raw: string | null }> => {
  const member = ground.profile.returnTo;
  if (member === undefined) throw new NotApplicable('the profile names no `returnTo`');
  const { email, password } = await ground.person();
  const answer = await ground.does(
    ground.browser(),
    'login',
    { email, password },
    { form: true, more: { [member]: target } },
  );
  given(answer.status < 500 && answer.status !== 429, `a form login answered ${answer.status}`);
  const raw = answer.header('location');
  // As a browser reads it: Fetch resolves against the URL of the request.
  const to = raw !== null && URL.canParse(raw, ground.target.origin) ? new URL(raw, ground.target.origin) : null;
  return { answer, to, raw };
};

const staysAtHome = async (ground: Ground, targets: readonly string[]): Promise<string> => {
  const home = await landing(ground, '/welcome');
  given(home.to?.pathname === '/welcome', `a form login with a path of the own site leads to \`${home.raw}\``);
  for (const target of targets) {
    const { to, raw } = await landing(ground, target);
    must(to === null || to.origin === ground.target.origin, `${JSON.stringify(target)} leads to \`${raw}\``);
  }
  return `${targets.length} other targets are refused`;
};

const mark = 'zq7mark';

/** The pages of the profile with something in the place of the token. */
const pages = async (ground: Ground, text: string) => {
  const { pages: paths } = ground.profile;
  if (paths === undefined || paths.length === 0) throw new NotApplicable('the profile names no pages');
  const answers = [];
  for (const path of paths) {
    const filled = path.replace('{token}', encodeURIComponent(text));
    const answer = await ground.asks(ground.browser(), 'GET', filled, {
      headers: { accept: 'text/html', 'sec-fetch-site': 'none' },
    });
    given(answer.status < 500, `${path} answered ${answer.status}`);
    const isHtml = (answer.header('content-type') ?? '').includes('html');
    answers.push({ path, answer, isHtml });
  }
  given(
    answers.some(({ isHtml, answer }) => isHtml && answer.status === 200),
    'none of the pages is HTML',
  );
  return answers.filter(({ isHtml }) => isHtml);
};

export const redirects: readonly Attack[] = attacksOf('redirects', [
  {
    id: 'RED-01',
    title: 'send a browser away by a path that is none',
    claim: 'What a URL parser reads as another host is no path.',
    run: (ground) =>
      staysAtHome(ground, [
        '//evil.example',
        '/\\evil.example',
        '\\\\evil.example',
        '/\t/evil.example',
        '/\n/evil.example',
        '/.//evil.example',
        'https:evil.example',
        '///evil.example',
      ]),
  },
  {
    id: 'RED-10',
    title: 'send a browser to another site',
    claim: 'A sign-in leads to the own site alone.',
    run: (ground) => {
      const { host, protocol } = new URL(ground.target.origin);
      return staysAtHome(ground, [
        'https://evil.example/',
        `${protocol}//${host}@evil.example/`,
        `${protocol}//${host}.evil.example/`,
        `https://evil.example\\@${host}/`,
        'https://evil。com/',
      ]);
    },
  },
  {
    id: 'RED-05',
    title: 'send a browser to a script',
    claim: 'A sign-in leads to http and https alone.',
    run: (ground) =>
      staysAtHome(ground, [
        'javascript:alert(1)',
        'data:text/html,x',
        'blob:https://evil.example/x',
        ' javascript:alert(1)',
      ]),
  },
  {
    id: 'RED-12',
    title: 'split an answer by a line break in the target',
    claim: 'A line break in a target becomes no header.',
    run: async (ground) => {
      given((await landing(ground, '/welcome')).to !== null, 'a form login leads nowhere');
      for (const target of [
        '/a\r\nset-cookie: planted=1',
        '/a\nset-cookie: planted=1',
        '/a%0d%0aset-cookie: planted=1',
      ]) {
        const { answer } = await landing(ground, target);
        must(!answer.cookies.some(({ name }) => name === 'planted'), 'a line break in the target set a cookie');
        must(!/[\r\n]/.test(answer.header('location') ?? ''), 'the target is sent with its line break');
      }
      return 'three are refused or escaped';
    },
  },
  {
    id: 'RED-08',
    title: 'have a browser send the password on',
    claim: 'After a form login the browser is sent on by 303 or 302, never with its body (RFC 9700 §4.12).',
    run: async (ground) => {
      const { answer } = await landing(ground, '/welcome');
      given(answer.status >= 300 && answer.status < 400, `a form login answered ${answer.status}`);
      must(answer.status === 303 || answer.status === 302, `it is sent on by ${answer.status}`);
      return String(answer.status);
    },
  },
  {
    id: 'RED-06',
    title: 'write a script into a page by its address',
    claim: 'What comes in the address of a page is escaped or left out.',
    run: async (ground) => {
      for (const text of [
        `"><svg onload=${mark}()>`,
        `<script>${mark}()</script>`,
        `' onfocus='${mark}()`,
        `javascript:${mark}()`,
      ]) {
        for (const { path, answer } of await pages(ground, text)) {
          must(!answer.body.includes(text), `${path} writes ${text} as it is`);
        }
      }
      return 'four tries on each page';
    },
  },
  {
    id: 'RED-11',
    title: 'run a script on a page',
    claim: 'Pages forbid inline scripts by a Content-Security-Policy.',
    run: async (ground) => {
      for (const { path, answer } of await pages(ground, mark)) {
        const policy = answer.header('content-security-policy') ?? '';
        const scripts = /(?:^|;)\s*(?:script-src|default-src)\s([^;]*)/.exec(
          policy.split(';').find((one) => /^\s*script-src\s/.test(one)) ?? policy,
        )?.[1];
        must(
          scripts !== undefined && !/'unsafe-inline'|\*|data:/.test(scripts),
          `${path} has the policy \`${policy}\``,
        );
      }
      return 'each page does';
    },
  },
  {
    id: 'RED-09',
    title: 'put a page into a frame',
    claim: 'Pages can be in no frame of another site (RFC 9700 §4.16).',
    run: async (ground) => {
      for (const { path, answer } of await pages(ground, mark)) {
        const policy = answer.header('content-security-policy') ?? '';
        const ancestors = /frame-ancestors\s+([^;]*)/.exec(policy)?.[1]?.trim() ?? '';
        const frames = (answer.header('x-frame-options') ?? '').toLowerCase();
        const refuses = ancestors === "'none'" || ancestors === "'self'" || /^(?:deny|sameorigin)/.test(frames);
        must(refuses, `${path} may be framed`);
      }
      return 'each page refuses';
    },
  },
]);
