import { cookieNamed } from './cookies.ts';
import { type Finding, judged, problem, unseen } from './report.ts';
import { type Account, codeOf, type Probe, shapeOf, strangerOf, type Visit } from './visit.ts';

/** Whether answers tell who has an account. */
export const accounts: Probe = async (visit) => {
  const registered = visit.mayRegister ? await register(visit) : null;
  const known = visit.account?.email ?? registered?.email ?? null;
  return [
    ...(registered?.findings ?? []),
    ...(visit.account === null ? [] : await logins(visit, visit.account)),
    ...(known === null ? [] : [await forgot(visit, known)]),
  ];
};

const wrong = 'certainly not the password of anybody';
/** One less than may be tried at once for a login from an address. */
const pairs = 4;
/** A hash takes 20 ms and more; what is below is the network. */
const leastGapMs = 8;

interface Times {
  readonly known: readonly number[];
  readonly unknown: readonly number[];
}

const logins = async (visit: Visit, account: Account): Promise<readonly Finding[]> => {
  const first = await fail(visit, account.email, 1);
  if ('verdict' in first) return [first];
  const same = judged('same_login', true, ['the same answer each time', '']);
  if (!areTold(first)) return [same, timing(first)];
  // Chance would not do it twice. The right password first: it gives the tries back.
  const back = await visit.post('/login', account);
  await visit.post('/logout', {}, { cookie: cookieNamed(back.cookies, 'session') ?? '' });
  const second = await fail(visit, account.email, 2);
  if ('verdict' in second) return [same, timing(first)];
  return [same, timing({ known: [...first.known, ...second.known], unknown: [...first.unknown, ...second.unknown] })];
};

/** Wrong passwords for somebody and nobody, in turns, so that a slow moment of the network meets both. */
const fail = async (visit: Visit, email: string, round: number): Promise<Times | Finding> => {
  const known: number[] = [];
  const unknown: number[] = [];
  for (let at = 0; at < pairs; at += 1) {
    const nobody = await visit.post('/login', { email: strangerOf(visit, `login${round}${at}`), password: wrong });
    const somebody = await visit.post('/login', { email, password: wrong });
    if (nobody.status === 429 || somebody.status === 429) return unseen('same_login', 'the tries are limited');
    if (shapeOf(somebody) !== shapeOf(nobody)) {
      return problem('same_login', `known: ${codeOf(somebody)}, unknown: ${codeOf(nobody)}, or other words`);
    }
    known.push(somebody.tookMs);
    unknown.push(nobody.tookMs);
  }
  return { known, unknown };
};

/** Noise only adds: told apart are those whose slowest is quicker than the other's quickest, by half. */
const areTold = ({ known, unknown }: Times): boolean => {
  const [quick, slow] = Math.min(...known) < Math.min(...unknown) ? [known, unknown] : [unknown, known];
  const gap = Math.min(...slow) - Math.min(...quick);
  return Math.max(...quick) < Math.min(...slow) && gap > Math.max(leastGapMs, Math.min(...slow) / 2);
};

const timing = (times: Times): Finding => {
  const { known, unknown } = times;
  const measured = `${rangeOf(known)} ms known, ${rangeOf(unknown)} ms unknown, ${known.length} tries each`;
  return judged('same_timing', !areTold(times), [measured, measured]);
};

const rangeOf = (values: readonly number[]): string =>
  `${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)}`;

const forgot = async (visit: Visit, email: string): Promise<Finding> => {
  const unknown = await visit.post('/forgot-password', { email: strangerOf(visit, 'forgot') });
  const known = await visit.post('/forgot-password', { email });
  if ([known, unknown].some(({ status }) => status === 429)) return unseen('same_forgot', 'the tries are limited');
  return judged('same_forgot', shapeOf(known) === shapeOf(unknown), [
    codeOf(known),
    `known: ${codeOf(known)}, unknown: ${codeOf(unknown)}, or other words`,
  ]);
};

/** The same address twice: the first time nobody has it. */
const register = async (visit: Visit): Promise<{ readonly email: string; readonly findings: readonly Finding[] }> => {
  const email = strangerOf(visit, 'register');
  const body = { email, password: `A phrase of the doctor, ${visit.nonce}` };
  const first = await visit.post('/register', body);
  const again = await visit.post('/register', body);
  if (first.status >= 400) {
    return { email, findings: [unseen('same_register', `POST /register is answered ${codeOf(first)}`)] };
  }
  const finding = judged('same_register', shapeOf(first) === shapeOf(again), [
    `${codeOf(first)}, twice`,
    `unknown: ${codeOf(first)}, known: ${codeOf(again)}, or other words`,
  ]);
  return { email, findings: [finding] };
};
