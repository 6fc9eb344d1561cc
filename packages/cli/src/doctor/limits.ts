import type { Answer } from './client.ts';
import { type Finding, judged, ok, problem, unseen } from './report.ts';
import { type Probe, strangerOf, type Visit } from './visit.ts';

const mostLogins = 20;
const mostForgot = 25;

/** Bounded tries against an address that nobody has; opt-in, since they use up what this machine may try. */
export const limits: Probe = async (visit) => {
  if (!visit.probesLimits) return [];
  const email = strangerOf(visit, 'limit');
  const tryIt = (headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    visit.post('/login', { email, password: 'certainly not the password of anybody' }, { headers });
  const at = await untilLimited(mostLogins, () => tryIt());
  const forgot = await forgotLimit(visit);
  if (at === null) {
    return [
      problem('limit_login', `${mostLogins} wrong passwords and no 429`),
      unseen('limit_spoof', 'no limit to go around'),
      forgot,
    ];
  }
  return [
    judged('limit_login', at.retryAfter !== null, [
      `try ${at.tries} is answered 429, Retry-After ${at.retryAfter}`,
      `try ${at.tries} is answered 429, without Retry-After`,
    ]),
    await spoof(tryIt),
    forgot,
  ];
};

interface Limited {
  readonly tries: number;
  readonly retryAfter: string | null;
}

const untilLimited = async (most: number, tryIt: (at: number) => Promise<Answer>): Promise<Limited | null> => {
  for (let tries = 1; tries <= most; tries += 1) {
    const answer = await tryIt(tries);
    if (answer.status === 429) return { tries, retryAfter: answer.header('retry-after') };
  }
  return null;
};

/** TEST-NET-3 (RFC 5737): nobody's address. */
const forged = '203.0.113.77';

/** What platforms and proxies call the address of the client. */
const spoofable: Readonly<Record<string, string>> = {
  'x-forwarded-for': forged,
  forwarded: `for=${forged}`,
  'x-real-ip': forged,
  'x-client-ip': forged,
  'true-client-ip': forged,
  'cf-connecting-ip': forged,
  'fly-client-ip': forged,
};

const spoof = async (tryIt: (headers: Readonly<Record<string, string>>) => Promise<Answer>): Promise<Finding> => {
  for (const [name, value] of Object.entries(spoofable)) {
    const answer = await tryIt({ [name]: value });
    if (answer.status !== 429)
      return problem('limit_spoof', `with ${name}: ${value} the limit is gone: clientIp believes it`);
  }
  return ok('limit_spoof', `still 429 with ${Object.keys(spoofable).join(', ')}`);
};

/** A different address each time: a limit by recipient is silent, as it has to be. */
const forgotLimit = async (visit: Visit): Promise<Finding> => {
  const at = await untilLimited(mostForgot, (n) =>
    visit.post('/forgot-password', { email: strangerOf(visit, `many${n}`) }),
  );
  return at === null
    ? problem('limit_forgot', `${mostForgot} requests and no 429`)
    : ok('limit_forgot', `request ${at.tries} is answered 429`);
};
