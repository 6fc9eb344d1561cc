import { type Finding, judged } from './report.ts';
import type { Probe } from './visit.ts';

interface Cookie {
  readonly name: string;
  readonly attributes: readonly string[];
}

/** Of every cookie that the visit has seen so far: the last probe but those that need none. */
export const cookies: Probe = async ({ client, isSecure }) => {
  const all = client.cookies().map(cookieOf);
  if (all.length === 0) return [];
  const lacking = (holds: (cookie: Cookie) => boolean): string =>
    [...new Set(all.filter((cookie) => !holds(cookie)).map(({ name }) => name))].join(', ');
  const seen = [...new Set(all.map(({ name }) => name))].join(', ');
  const judge = (id: string, holds: (cookie: Cookie) => boolean, what: string): Finding =>
    judged(id, all.every(holds), [seen, `${what}: ${lacking(holds)}`]);
  const findings = [
    judge('cookie_http_only', has('httponly'), 'without HttpOnly'),
    judge(
      'cookie_same_site',
      ({ attributes }) => attributes.some((one) => /^samesite=(?:lax|strict)$/.test(one)),
      'without SameSite=Lax or Strict',
    ),
  ];
  if (!isSecure) return findings;
  return [
    ...findings,
    judge('cookie_secure', has('secure'), 'without Secure'),
    judge('cookie_host', ({ name }) => name.startsWith('__Host-'), 'without __Host-'),
  ];
};

const has =
  (attribute: string) =>
  ({ attributes }: Cookie): boolean =>
    attributes.includes(attribute);

const cookieOf = (header: string): Cookie => {
  const [pair = '', ...attributes] = header.split(';').map((part) => part.trim());
  return { name: pair.split('=', 1)[0] ?? '', attributes: attributes.map((one) => one.toLowerCase()) };
};

/** Name and value of the first cookie whose name ends so, as a browser sends it back. */
export const cookieNamed = (headers: readonly string[], end: string): string | null =>
  headers.map((header) => header.split(';', 1)[0] ?? '').find((pair) => pair.split('=', 1)[0]?.endsWith(end)) ?? null;
