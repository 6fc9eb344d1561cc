import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const assets = new URL('../public/assets/', import.meta.url);
const agent = (rest: string): string => `Mozilla/5.0 ${rest}`;

describe('the scripts of the pages', () => {
  it('have the types that their comments say', () => {
    const tsc = fileURLToPath(import.meta.resolve('typescript/lib/tsc.js'));
    const project = fileURLToPath(new URL('../jsconfig.json', assets));
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', project], { encoding: 'utf8' });
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });

  it.each([
    [agent('(X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'), 'Firefox on Linux'],
    [agent('(Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML) Chrome/137.0 Safari/537.36'), 'Chrome on Windows'],
    [agent('(Windows NT 10.0; Win64; x64) Chrome/137.0 Safari/537.36 Edg/137.0'), 'Edge on Windows'],
    [agent('(Macintosh; Intel Mac OS X 10_15_7) Version/18.5 Safari/605.1.15'), 'Safari on macOS'],
    [agent('(iPhone; CPU iPhone OS 18_5 like Mac OS X) CriOS/137.0 Mobile Safari/604.1'), 'Chrome on iPhone'],
    [
      agent('(Linux; Android 15; SM-S921B) SamsungBrowser/28.0 Chrome/130.0 Mobile Safari/537.36'),
      'Samsung Internet on Android',
    ],
    [agent('(X11; CrOS x86_64 14541.0.0) Chrome/137.0 Safari/537.36'), 'Chrome on ChromeOS'],
    ['curl/8.14.1', 'curl'],
    ['node', 'Unknown browser'],
    [null, 'Unknown browser'],
  ])('call %s %s', async (given, name) => {
    const { clientName } = await import(new URL('client-name.js', assets).href);
    expect(clientName(given)).toBe(name);
  });
});
