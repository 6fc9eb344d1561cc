import { type ChildProcess, spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problemsOf, root, start, verdictsOf } from './run.ts';

const account = { email: 'doctor@example.com', password: 'correct horse battery staple' };

let demo: ChildProcess;
let origin = '';

beforeAll(async () => {
  const { PATH = '' } = process.env;
  const args = ['--import', 'tsx', '--conditions=@sallyport/source', 'examples/express/src/main.ts'];
  demo = spawn(process.execPath, args, { cwd: root, env: { PATH, PORT: '0' } });
  origin = await new Promise<string>((resolve, reject) => {
    let out = '';
    demo.stdout?.on('data', (chunk) => {
      out += chunk;
      const [, found] = /listening on (\S+)/.exec(out) ?? [];
      if (found !== undefined) resolve(found);
    });
    demo.on('close', (code) => reject(new Error(`the demo ended with ${code}: ${out}`)));
  });
  const post = (path: string, body: object, cookie = ''): Promise<Response> =>
    fetch(`${origin}/auth${path}`, {
      method: 'POST',
      headers: { origin, cookie, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const flow = (await post('/register', account)).headers.getSetCookie().map((one) => one.split(';', 1)[0]);
  const token = await mailedToken();
  const { status } = await post('/verify-email', { token }, flow.join('; '));
  if (status !== 204) throw new Error(`the account was not confirmed: ${status}`);
});

/** Mail leaves after the answer. */
const mailedToken = async (): Promise<string> => {
  for (let at = 0; at < 100; at += 1) {
    const mails = (await (await fetch(`${origin}/outbox.json`)).json()) as { readonly url?: string }[];
    const url = mails.find((mail) => mail.url !== undefined)?.url;
    if (url !== undefined) return new URL(url).searchParams.get('token') ?? '';
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('no mail came');
};

afterAll(() => {
  demo?.kill();
});

describe('the demo', () => {
  it('is attacked by its URL, with its own mails', async () => {
    const ran = await start(['attack', origin, '--outbox', '/outbox.json', '--only', 'TOK-23,CSRF-01,SES-09']);
    expect([ran.exit, ran.err]).toEqual([0, '']);
    expect(ran.out).toContain('3 held, 0 finding');
  });

  it('has no problem that a doctor could see', async () => {
    const ran = await start(['doctor', origin, '--register', '--probe-limits', '--json'], {
      DOCTOR_EMAIL: account.email,
      DOCTOR_PASSWORD: account.password,
    });
    expect(problemsOf(ran)).toEqual([]);
    expect(ran.exit).toBe(0);
    expect(Object.values(verdictsOf(ran)).filter((verdict) => verdict === 'ok').length).toBeGreaterThan(28);
  });
});
