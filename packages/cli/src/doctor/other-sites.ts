import type { Answer } from './client.ts';
import { type Finding, judged, problem } from './report.ts';
import { codeOf, type Probe, type Visit } from './visit.ts';

/** Cannot be registered (RFC 2606 §2). */
const foreign = 'https://elsewhere.invalid';

/** A logout without a session changes nothing; who refuses it refuses the rest. */
const logout = ({ post }: Visit, headers: Readonly<Record<string, string | null>>): Promise<Answer> =>
  post('/logout', {}, { headers });

const isRefused = ({ status }: Answer): boolean => status >= 400 && status < 500;

export const otherSites: Probe = async (visit) => {
  const own = await logout(visit, {});
  if (own.status >= 300)
    return [problem('csrf_own', `POST /logout with Origin: ${visit.origin} is answered ${codeOf(own)}`)];
  const findings: Finding[] = [judged('csrf_own', true, [codeOf(own), ''])];
  const refuses = async (id: string, ...tries: readonly Promise<Answer>[]): Promise<void> => {
    const all = await Promise.all(tries);
    const passed = all.find((answer) => !isRefused(answer));
    findings.push(
      judged(id, passed === undefined, [
        all.map(codeOf).join(', '),
        passed === undefined ? '' : `answered ${codeOf(passed)}`,
      ]),
    );
  };
  const cross = { 'sec-fetch-site': 'cross-site' };
  await refuses('csrf_origin', logout(visit, { origin: foreign, 'sec-fetch-site': null }));
  await refuses('csrf_null', logout(visit, { origin: 'null', 'sec-fetch-site': null }));
  await refuses(
    'csrf_site',
    logout(visit, { origin: foreign, ...cross }),
    logout(visit, { origin: foreign, 'sec-fetch-site': 'same-site' }),
  );
  await refuses('csrf_form', form(visit));
  const read = await visit.get('/logout');
  findings.push(judged('csrf_get', isRefused(read), [codeOf(read), `GET /logout is answered ${codeOf(read)}`]));
  return [...findings, await cors(visit)];
};

/** As a browser that sends neither header would send it for another site. */
const form = ({ post }: Visit): Promise<Answer> =>
  post('/logout', 'everywhere=true', {
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: null, 'sec-fetch-site': null },
  });

const cors = async ({ get }: Visit): Promise<Finding> => {
  const headers = { origin: foreign };
  const read = await get('/session', { headers });
  const asked = {
    ...headers,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type',
  };
  const preflight = await get('/login', { method: 'OPTIONS', headers: asked });
  const allowed = [read, preflight]
    .map((answer) => answer.header('access-control-allow-origin'))
    .find((value) => value !== null);
  return judged('cors', allowed === undefined, [
    'no Access-Control-Allow-Origin',
    `Access-Control-Allow-Origin: ${allowed}`,
  ]);
};
