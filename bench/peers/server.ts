import { monitorEventLoopDelay } from 'node:perf_hooks';
import { connected } from './backends.ts';
import { contenders } from './contenders.ts';
import { logins } from './logins.ts';
import { mountedLogin, type Running, running } from './mounted.ts';
import { faultsOf } from './proof.ts';
import type { Answer, Question } from './server-process.ts';

/** One contender a process, as `server-process.ts` starts it. It is measured once it has shown that it lets in and refuses. */
const [, , name = '', postgresUrl = '', redisUrl = ''] = process.argv;
const backends = await connected(postgresUrl, redisUrl);
const contender = contenders.find((one) => one.name === name);
const login = logins.find((one) => one.name === name);
const say = (answer: Answer): void => void process.send?.(answer);
const delay = monitorEventLoopDelay({ resolution: 1 });
// It wakes the process a thousand times a second: not where others are there to be measured.
if (login !== undefined) delay.enable();

/** The check again and again for so long, one after another. */
const checkFor = async ({ check, credentials }: Running, forMs: number): Promise<Answer> => {
  if (check === null) return { kind: 'checked', wallUs: null, cpuUs: null };
  const batch = 64;
  const warmUntil = performance.now() + forMs / 3;
  do {
    for (let n = 0; n < batch; n += 1) await check(credentials);
  } while (performance.now() < warmUntil);
  const cpu = process.cpuUsage();
  const start = performance.now();
  let calls = 0;
  do {
    for (let n = 0; n < batch; n += 1) await check(credentials);
    calls += batch;
  } while (performance.now() - start < forMs);
  const { user, system } = process.cpuUsage(cpu);
  return { kind: 'checked', wallUs: ((performance.now() - start) * 1_000) / calls, cpuUs: (user + system) / calls };
};

const vitals = (): Answer => {
  const { user, system } = process.cpuUsage();
  const answer: Answer = { kind: 'vitals', cpuUs: user + system, loopDelayP99Ms: delay.percentile(99) / 1e6 };
  delay.reset();
  return answer;
};

let server: Running | null = null;
process.on('message', async (question: Question) => {
  if (question.kind === 'vitals') say(vitals());
  else if (server !== null) say(await checkFor(server, question.forMs));
});
process.on('disconnect', () => process.exit(0));

if (login !== undefined) {
  const { url, attempt } = await mountedLogin(login, backends);
  say({ kind: 'ready', url: `${url}${attempt.path}`, headers: attempt.headers, body: attempt.body });
} else if (contender !== undefined) {
  server = await running(contender, backends);
  const faults = await faultsOf(contender, server);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  say({ kind: 'ready', url: server.url, headers: server.credentials, body: null });
} else throw new Error(`nobody is called ${name}`);
