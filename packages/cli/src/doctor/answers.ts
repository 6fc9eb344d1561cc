import { type Finding, judged, unseen } from './report.ts';
import type { Probe, Visit } from './visit.ts';

/** Headers of an answer that anybody may ask for. */
export const answers: Probe = async ({ get }) => {
  const answer = await get('/session');
  const named = ['x-powered-by', 'server', 'x-aspnet-version']
    .map((name) => [name, answer.header(name)] as const)
    .filter(([name, value]) => value !== null && (name !== 'server' || /\d/.test(value)))
    .map(([name, value]) => `${name}: ${value}`);
  const cache = answer.header('cache-control') ?? '';
  const type = answer.header('x-content-type-options') ?? '';
  return [
    judged('no_store', /no-store/.test(cache), [cache, `cache-control: ${cache || 'none'}`]),
    judged('nosniff', type === 'nosniff', [type, 'no X-Content-Type-Options: nosniff']),
    judged('reads_set_nothing', answer.cookies.length === 0, ['GET /session sets none', 'GET /session sets a cookie']),
    judged('software', named.length === 0, ['no version in a header', named.join(', ')]),
  ];
};

/** What a fault looks like in an answer: frames of V8, Python, Java, PHP and .NET, paths of modules, words of a database. */
const insides =
  /\n\s+at .+:\d+|node_modules\/|Traceback \(most recent|\bat [\w$.]+\([\w]+\.java:\d+|Stack trace:|(?:Syntax|Type|Reference)Error:|\bSQLSTATE\b|syntax error at or near/;

export const errors: Probe = async ({ get, post }) => {
  const odd = { 'content-type': 'application/json' };
  const all = [
    await get('/doctor-knows-no-such-route'),
    await post('/login', '{"email":', { headers: odd }),
    await post('/login', { email: { $ne: null }, password: ['x'] }),
    await post('/login', 'x', { headers: { 'content-type': 'application/xml' } }),
  ];
  const telling = all.filter(({ text }) => insides.test(text));
  const broken = all.filter(({ status }) => status >= 500 || status < 400);
  const statuses = all.map(({ status }) => status).join(', ');
  if (telling.length > 0) return [judged('errors', false, ['', `an answer of ${telling[0]?.status} shows a stack`])];
  return [judged('errors', broken.length === 0, [statuses, `broken requests are answered ${statuses}`])];
};

export const pages: Probe = async (visit) => {
  const page = await visit.get('/verify-email?token=doctor');
  const findings: Finding[] = [];
  if (isPage(page)) {
    const policy = page.header('content-security-policy') ?? '';
    const referrer = page.header('referrer-policy') ?? '';
    findings.push(
      judged('page_csp', isStrict(policy) && framesNobody(policy, page.header('x-frame-options')), [
        policy,
        policy === '' ? 'no Content-Security-Policy' : policy,
      ]),
      judged('page_referrer', /^(?:no-referrer|same-origin|strict-origin)$/.test(referrer), [
        referrer,
        `referrer-policy: ${referrer || 'none'}`,
      ]),
    );
  }
  return [...findings, await firstPage(visit)];
};

interface Html {
  readonly status: number;
  header(name: string): string | null;
}

const isPage = ({ status, header }: Html): boolean => status === 200 && /html/.test(header('content-type') ?? '');

/** Scripts by name alone: `unsafe-inline` counts only where neither nonce nor hash overrules it (CSP Level 3 §6.7.3). */
const isStrict = (policy: string): boolean => {
  const directive = /(?:^|;)\s*script-src\s([^;]*)/.exec(policy) ?? /(?:^|;)\s*default-src\s([^;]*)/.exec(policy);
  const sources = directive?.[1] ?? null;
  if (sources === null || /(?:^|\s)(?:\*|https?:|data:)(?:\s|$)/.test(sources)) return false;
  return !sources.includes("'unsafe-inline'") || /'(?:nonce|sha256|sha384|sha512)-/.test(sources);
};

const framesNobody = (policy: string, old: string | null): boolean =>
  /frame-ancestors\s+'(?:none|self)'/.test(policy) || /^(?:deny|sameorigin)$/i.test(old ?? '');

const firstPage = async ({ client, origin }: Visit): Promise<Finding> => {
  const page = await client.send(new URL('/', origin));
  if (!isPage(page)) return unseen('app_csp', `GET / is no page: ${page.status}`);
  const policy = page.header('content-security-policy') ?? '';
  return judged('app_csp', isStrict(policy), [policy, policy || 'no Content-Security-Policy on GET /']);
};
