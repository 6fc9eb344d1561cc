import type { Answer } from './client.ts';
import { judged, ok, problem, unseen } from './report.ts';
import type { Probe, Visit } from './visit.ts';

/** A fortnight: whoever renews certificates by hand has noticed by then. */
const leastDays = 14;
/** Half a year, in seconds (OWASP HTTP Strict Transport Security Cheat Sheet asks for a year; browsers take what is given). */
const leastHsts = 15_552_000;

export const transport: Probe = async (visit) => {
  if (!visit.isSecure) return isLoopback(visit) ? [] : [problem('https', 'plain http')];
  const answer = await visit.get('/session');
  return [https(answer), hsts(answer), await redirect(visit)];
};

const isLoopback = ({ origin }: Visit): boolean => isLoopbackHost(new URL(origin).hostname);

export const isLoopbackHost = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);

const https = ({ certificateDays: days }: Answer) =>
  days === null
    ? ok('https', 'https')
    : judged('https', days >= leastDays, [
        `the certificate is trusted and good for ${days} days`,
        `the certificate ends in ${days} days`,
      ]);

const hsts = (answer: Answer) => {
  const header = answer.header('strict-transport-security');
  const seconds = Number(/max-age="?(\d+)/i.exec(header ?? '')?.[1] ?? 0);
  return judged('hsts', seconds >= leastHsts, [`max-age=${seconds}`, header ?? 'no Strict-Transport-Security']);
};

const redirect = async ({ client, plainHttp }: Visit) => {
  if (plainHttp === null)
    return unseen('redirect', 'https is not on 443, so http is not on 80; say where by --http URL');
  try {
    const answer = await client.send(plainHttp);
    const target = answer.header('location') ?? '';
    const leads = answer.status >= 300 && answer.status < 400 && target.startsWith('https:');
    return judged('redirect', leads || answer.status >= 400, [
      `${answer.status} ${target}`.trim(),
      `${answer.status} on ${plainHttp.origin}, ${target === '' ? 'no redirect' : target}`,
    ]);
  } catch (error) {
    return ok('redirect', `nothing answers on ${plainHttp.origin} (${error instanceof Error ? error.message : error})`);
  }
};
