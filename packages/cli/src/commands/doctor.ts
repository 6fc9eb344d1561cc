import { type Command, type Input, type Io, ProblemError, textFlag, UsageError } from '../command.ts';
import { accounts } from '../doctor/accounts.ts';
import { answers, errors, pages } from '../doctor/answers.ts';
import { boundedClient, type Client } from '../doctor/client.ts';
import { clock } from '../doctor/clock.ts';
import { cookies } from '../doctor/cookies.ts';
import { limits } from '../doctor/limits.ts';
import { otherSites } from '../doctor/other-sites.ts';
import { postgresFindings } from '../doctor/postgres.ts';
import { redisFindings } from '../doctor/redis.ts';
import { type Finding, reportOf, textOf } from '../doctor/report.ts';
import { sessions } from '../doctor/sessions.ts';
import { isLoopbackHost, transport } from '../doctor/transport.ts';
import { type Probe, type Visit, visitOf } from '../doctor/visit.ts';
import { schemaPrefix } from '../postgres.ts';

export const doctor: Command = {
  name: 'doctor',
  summary: 'asks a deployment, from outside, what can be asked',
  help: `Looks at the routes under URL, e.g. https://app.example.com/auth, as a stranger does, and says of every line of its checklist
what it measured, or why that cannot be seen. Another host than this machine has to be yours: --i-own-this.

At most 80 requests, and 60 more with --probe-limits. Nothing is written unless a flag says so. In the environment:

  DOCTOR_EMAIL, DOCTOR_PASSWORD   a test account, which signs in and out, and has up to eight wrong tries and a reset mail
  DATABASE_URL                    versions, and counts of what is stored, of the Postgres behind it
  REDIS_URL                       the same as --redis, where its password is in no list of processes`,
  takes: ['URL'],
  flags: {
    'i-own-this': { type: 'boolean', help: 'I may test this host' },
    register: { type: 'boolean', help: 'registers one address at example.invalid, twice' },
    'probe-limits': { type: 'boolean', help: 'some fifty tries, until limits answer; this address then waits' },
    http: { type: 'string', value: 'URL', help: 'where plain http is, if not on port 80' },
    redis: { type: 'string', value: 'URL', help: 'the Redis behind it' },
    schema: { type: 'string', value: 'NAME', help: 'where the tables of DATABASE_URL are' },
  },
  run: async (input, io) => {
    const base = baseOf(input);
    const client = boundedClient(input.flags['probe-limits'] === true ? 140 : 80, io.elapsed);
    try {
      const found = await outside(visitOf(base, restOf(input, io, { base, client })));
      const report = reportOf(base.href, client.count(), [...found, ...(await behind(input, io))]);
      return { exit: report.problems === 0 ? 0 : 1, text: textOf(report), json: report };
    } finally {
      client.close();
    }
  },
};

const baseOf = ({ words: [text = ''], flags }: Input): URL => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '') {
    throw new UsageError('doctor takes the URL of the routes, e.g. https://app.example.com/auth');
  }
  if (!isLoopbackHost(url.hostname) && flags['i-own-this'] !== true) {
    throw new UsageError(`${url.host} is not this machine: say --i-own-this if you may test it`);
  }
  // Joined as text: a path of two slashes is resolved to another host.
  return new URL(`${url.origin}${url.pathname === '/' ? '/auth' : url.pathname}`);
};

const restOf = (
  input: Input,
  { env }: Io,
  { base, client }: { readonly base: URL; readonly client: Client },
): Omit<Visit, 'origin' | 'isSecure' | 'get' | 'post'> => {
  const { DOCTOR_EMAIL: email = '', DOCTOR_PASSWORD: password = '' } = env;
  const http = textFlag(input, 'http');
  if (http !== undefined && !(URL.canParse(http) && http.startsWith('http:')))
    throw new UsageError('--http takes a URL');
  if (http !== undefined && !isLoopbackHost(new URL(http).hostname) && input.flags['i-own-this'] !== true)
    throw new UsageError('--http is not this machine: say --i-own-this if you may test it');
  const usual = base.port === '' ? new URL(`http://${base.hostname}/`) : null;
  return {
    client,
    plainHttp: http === undefined ? usual : new URL(http),
    account: email === '' || password === '' ? null : { email, password },
    mayRegister: input.flags['register'] === true,
    probesLimits: input.flags['probe-limits'] === true,
    nonce: Buffer.from(crypto.getRandomValues(new Uint8Array(6))).toString('hex'),
  };
};

/** One after another: what a probe leaves behind, the next one finds. Limits come last, and cookies once all have been seen. */
const probes: readonly Probe[] = [
  transport,
  answers,
  errors,
  pages,
  otherSites,
  clock,
  sessions,
  accounts,
  cookies,
  limits,
];

/** Of a page that is something else every line would be wrong. */
const requireRoutes = async ({ get, origin }: Visit): Promise<void> => {
  const { status, json } = await get('/session');
  if (status === 200 && json !== null && 'user' in json) return;
  throw new ProblemError(`${origin} has no such routes under this path: GET …/session is answered ${status}`);
};

const outside = async (visit: Visit): Promise<readonly Finding[]> => {
  const findings: Finding[] = [];
  try {
    await requireRoutes(visit);
    for (const probe of probes) findings.push(...(await probe(visit)));
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw new ProblemError(`${visit.origin} does not answer: ${error instanceof Error ? error.message : error}`);
  }
  return findings;
};

const behind = async (input: Input, io: Io): Promise<readonly Finding[]> => {
  const redis = textFlag(input, 'redis') ?? io.env['REDIS_URL'] ?? '';
  const prefix = schemaPrefix(textFlag(input, 'schema'));
  return [
    ...(io.env['DATABASE_URL'] ? await postgresFindings(io, prefix) : []),
    ...(redis === '' ? [] : await redisFindings(redis)),
  ];
};
