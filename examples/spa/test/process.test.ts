import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const main = ['--import', import.meta.resolve('tsx'), '--conditions=@sallyport/source', 'examples/spa/src/main.ts'];

describe('the process', () => {
  const running = new Set<ChildProcess>();
  afterEach(() => {
    for (const child of running) child.kill('SIGKILL');
  });

  const start = (environment: Record<string, string>): { child: ChildProcess; output: () => string } => {
    const ports = { PORT: '0', API_PORT: '0', ORDERS_PORT: '0' };
    const child = spawn(process.execPath, main, { cwd: root, env: { ...process.env, ...ports, ...environment } });
    running.add(child);
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        text += chunk;
      });
    return { child, output: () => text };
  };

  it('says when it is ready, serves, and exits 0', async () => {
    const { child, output } = start({});
    while (!/^listening on /m.test(output())) {
      if (child.exitCode !== null) throw new Error(output());
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const [, origin = ''] = /^listening on (\S+)$/m.exec(output()) ?? [];
    const page = await fetch(origin);
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'.*connect-src http:\/\/localhost/);
    expect(await page.text()).toContain('<script type="module" src="/app.js">');
    expect((await fetch(`${origin}/../src/main.ts`)).status).toBe(404);
    const closed = once(child, 'close');
    child.kill('SIGTERM');
    expect(await closed).toEqual([0, null]);
  });

  it('says what is wrong with its environment and exits 1', async () => {
    const { child, output } = start({ ACCESS_SECONDS: '9999' });
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(output()).toContain('lifetime_invalid');
    expect(output()).not.toMatch(/\n\s+at /);
  });
});
