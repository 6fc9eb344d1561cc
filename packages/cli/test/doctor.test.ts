import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { flaws } from './flaws.ts';
import { problemsOf, run, verdictsOf } from './run.ts';
import { account, deploy, type Flaw } from './spoilt.ts';

const env = { DOCTOR_EMAIL: account.email, DOCTOR_PASSWORD: account.password };

const examine = async (around: readonly Flaw[], args: readonly string[] = []) => {
  const { origin, elapsed, stop } = await deploy(around);
  try {
    return await run(['doctor', `${origin}/auth`, '--register', '--probe-limits', '--json', ...args], env, elapsed);
  } finally {
    await stop();
  }
};

describe('a deployment that does all of it right', () => {
  it('has no problem, and every line has its answer', async () => {
    const ran = await examine([]);
    expect(problemsOf(ran)).toEqual([]);
    expect(ran.exit).toBe(0);
    const { requests, lines } = JSON.parse(ran.out);
    expect(requests).toBeLessThanOrEqual(140);
    for (const { answer, question } of lines) expect([question, answer.length > 0]).toEqual([question, true]);
    const seen = Object.entries(verdictsOf(ran)).filter(([, verdict]) => verdict === 'ok');
    expect(seen.map(([id]) => id).sort()).toEqual(Object.keys(flaws).sort());
  });
});

describe('one thing is wrong, and one line says so', () => {
  it.each(Object.entries(flaws))('%s', async (id, flaw) => {
    const ran = await examine([flaw]);
    expect([ran.exit, problemsOf(ran)]).toEqual([1, [id]]);
  });
});

it('slow moments tell nobody apart, as long as one try was quick', async () => {
  let tries = 0;
  const slow: Flaw = {
    before: async (request, { late }) => {
      const { email, password } = (await request
        .clone()
        .json()
        .catch(() => ({}))) as { readonly email?: unknown; readonly password?: unknown };
      if (email === account.email && password !== undefined && password !== account.password) {
        tries += 1;
        if (tries !== 3) late(500);
      }
      return request;
    },
  };
  expect(problemsOf(await examine([slow]))).toEqual([]);
  expect(tries).toBe(4);
});

describe('what the doctor does not do', () => {
  it.each(['example.invalid', 'localhost.example.invalid', '128.0.0.1', '127.0.0.1.example.invalid', '[::2]'])(
    'asks nothing of %s, which is not said to be owned',
    async (host) => {
      const { exit, err } = await run(['doctor', `https://${host}/auth`]);
      // 1 would be that it does not answer.
      expect(exit).toBe(2);
      expect(err).toContain('--i-own-this');
    },
  );

  it('asks no host that stands in a path', async () => {
    const { exit, err } = await run(['doctor', 'http://127.0.0.1:1//example.invalid/auth']);
    expect(exit).toBe(1);
    expect(err).toContain('http://127.0.0.1:1 does not answer');
  });

  it('asks no other host over plain http', async () => {
    const { exit, err } = await run(['doctor', 'http://127.0.0.1:1/auth', '--http', 'http://example.invalid/']);
    expect(exit).toBe(2);
    expect(err).toContain('--i-own-this');
  });

  it('asks it where it is', async () => {
    const { exit, err } = await run(['doctor', 'https://example.invalid/auth', '--i-own-this']);
    expect(exit).toBe(1);
    expect(err).toContain('https://example.invalid does not answer');
  });

  it('registers nobody, signs nobody in and tries no limit unless it is told to', async () => {
    const paths: string[] = [];
    const listen: Flaw = {
      before: (request) => {
        paths.push(`${request.method} ${new URL(request.url).pathname}`);
        return request;
      },
    };
    const { origin, stop } = await deploy([listen]);
    const ran = await run(['doctor', origin, '--json']);
    await stop();
    expect(problemsOf(ran)).toEqual([]);
    expect(paths.filter((path) => /register|forgot/.test(path))).toEqual([]);
    // The three broken bodies of the line "errors": nobody's name is in them.
    expect(paths.filter((path) => path === 'POST /auth/login')).toHaveLength(3);
    expect(paths.length).toBeLessThan(25);
  });

  it('judges nothing that is not ours', async () => {
    const { origin, stop } = await deploy([]);
    const { exit, out, err } = await run(['doctor', `${origin}/api/auth`]);
    await stop();
    expect([exit, out]).toEqual([1, '']);
    expect(err).toContain('no such routes under this path');
  });

  it('follows no redirect', async () => {
    let hits = 0;
    const target = createServer((_, response) => {
      hits += 1;
      response.end();
    });
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
    const there = `http://127.0.0.1:${(target.address() as AddressInfo).port}/`;
    const { origin, stop } = await deploy([
      { before: () => new Response(null, { status: 302, headers: { location: there } }) },
    ]);
    await run(['doctor', origin, '--json']);
    await stop();
    target.close();
    expect(hits).toBe(0);
  });

  it('die of an answer that is not there, or breaks off', async () => {
    expect(await run(['doctor', 'http://127.0.0.1:1/auth'])).toMatchObject({ exit: 1, out: '' });
    const broken = createServer((request, response) => {
      if (request.url?.endsWith('/session'))
        response.writeHead(200, { 'content-length': '10' }).write('x', () => response.destroy());
      else response.destroy();
    });
    await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve));
    const { exit, err } = await run(['doctor', `http://127.0.0.1:${(broken.address() as AddressInfo).port}`]);
    broken.close();
    expect(exit).toBe(1);
    expect(err).toContain('does not answer');
  });
});
