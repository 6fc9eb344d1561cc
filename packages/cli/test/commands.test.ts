import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAuth, memoryStores, password } from '@sallyport/core';
import { isBelowOwaspFloor } from '@sallyport/core/hashing';
import { describe, expect, it } from 'vitest';
import { root, run, start } from './run.ts';

describe('sallyport', () => {
  it('is started as a program: the value alone on standard output', async () => {
    const { exit, out, err } = await start(['secret']);
    expect([exit, err]).toEqual([0, '']);
    expect(out).toMatch(/^1:[A-Za-z0-9_-]{43}\n$/);
  });

  it('helps, for each command', async () => {
    const { exit, out } = await run(['--help']);
    expect(exit).toBe(0);
    const names = [...out.matchAll(/^ {2}([a-z][a-z-]*(?: (?:new|rotate|list))?)/gm)].map(([, name = '']) => name);
    expect(names).toEqual([
      ...['secret', 'keys new', 'keys rotate', 'schema', 'migrate', 'bench-hash', 'doctor', 'attack list', 'attack'],
      'explain',
    ]);
    for (const name of names) {
      const help = await run([...name.split(' '), '--help']);
      expect(help.exit).toBe(0);
      expect(help.out).toContain(`sallyport ${name}`);
      expect(help.out).toContain('--json');
    }
  });

  it.each([
    [['nonsense'], 'no command "nonsense"'],
    [['keys'], 'no command "keys"'],
    [['secret', '--rotat'], '--rotat'],
    [['secret', 'word'], 'takes flags alone'],
    [['explain'], 'takes CODE'],
    [['schema', '--from', 'x'], '--from takes a whole number'],
    [['schema', '--dialect', 'mysql'], '--dialect takes postgres'],
    [['keys', 'new', '--alg', 'HS256'], '--alg takes EdDSA or ES256'],
    [['keys', 'new', '--kid', 'a b'], '--kid takes'],
    [['keys', 'rotate'], 'AUTH_JWT_KEYS is no JSON list'],
    [['secret', '--rotate'], 'secret_missing'],
    [['migrate'], 'DATABASE_URL is not set'],
    [['bench-hash', '--target', '0'], '--target takes'],
    [['bench-hash', '--hasher', 'md5'], '--hasher takes'],
    [['doctor', 'nonsense'], 'takes the URL'],
    [['explain', 'nonsense'], 'no code of ours'],
  ])('%j is not understood: 2', async (args, word) => {
    const { exit, out, err } = await run(args);
    expect([exit, out]).toEqual([2, '']);
    expect(err).toContain(word);
    const json = await run([...args, '--json']);
    expect([json.exit, json.err]).toEqual([2, '']);
    expect(JSON.parse(json.out).error).toContain(word);
  });

  it('alone says what it can, and that it was not asked anything', async () => {
    const { exit, out } = await run([]);
    expect(exit).toBe(2);
    expect(out).toContain('sallyport COMMAND');
  });
});

describe('secret', () => {
  const accepted = (secrets: string): void => {
    createAuth({
      mode: 'development',
      origin: 'http://localhost',
      secrets,
      stores: memoryStores(),
      notifier: { send: async () => {} },
      features: [password()],
    });
  };
  const rotated = async (secrets: string): Promise<string> => {
    const { exit, out } = await run(['secret', '--rotate'], { AUTH_SECRETS: secrets });
    expect(exit).toBe(0);
    return out.trim();
  };

  it('is what createAuth takes, another one each time, and so it is after three rotations', async () => {
    let secrets = (await run(['secret'])).out.trim();
    expect(secrets).not.toBe((await run(['secret'])).out.trim());
    for (let round = 2; round < 5; round += 1) {
      const next = await rotated(secrets);
      expect(next.startsWith(`${round}:`)).toBe(true);
      expect(next.endsWith(`,${secrets}`)).toBe(true);
      accepted(next);
      secrets = next;
    }
  });

  it('keeps an entry without an id, and ids that are no numbers', async () => {
    const bare = Buffer.alloc(32, 'abcdefghijklmnop').toString('base64');
    expect(await rotated(bare)).toMatch(new RegExp(`^2:[\\w-]{43},1:${bare.replace(/[+/=]/g, '\\$&')}$`));
    expect(await rotated(`may:${bare}`)).toMatch(/^1:[\w-]{43},may:/);
    accepted(await rotated(`may:${bare}`));
  });

  it('refuses what createAuth refuses, without repeating it', async () => {
    const { exit, err } = await run(['secret', '--rotate'], { AUTH_SECRETS: '1:c2VjcmV0' });
    expect(exit).toBe(2);
    expect(err).toContain('secret_short');
    expect(err).not.toContain('c2VjcmV0');
  });

  it('as JSON', async () => {
    expect(Object.keys(JSON.parse((await run(['secret', '--json'])).out))).toEqual(['AUTH_SECRETS']);
  });
});

interface Key {
  readonly kid: string;
  readonly state: string;
  readonly jwk: Record<string, string>;
}

describe('keys', () => {
  const algorithms: Record<string, { name: string; namedCurve?: string; hash?: string }> = {
    EdDSA: { name: 'Ed25519' },
    ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  };

  it.each(['EdDSA', 'ES256'])('%s: one that is active, and signs what its public half verifies', async (alg) => {
    const [key] = JSON.parse((await run(['keys', 'new', '--alg', alg, '--kid', 'k1'])).out) as [Key];
    expect([key.kid, key.state, key.jwk['alg'], key.jwk['use']]).toEqual(['k1', 'active', alg, 'sig']);
    const how = algorithms[alg] ?? { name: '' };
    const { d: _, ...half } = key.jwk;
    const data = new TextEncoder().encode('a token');
    const secretKey = await crypto.subtle.importKey('jwk', key.jwk, how, false, ['sign']);
    const publicKey = await crypto.subtle.importKey('jwk', half, how, false, ['verify']);
    const signature = await crypto.subtle.sign(how, secretKey, data);
    expect(await crypto.subtle.verify(how, publicKey, signature, data)).toBe(true);
  });

  const rotate = async (keys: readonly Key[], ...more: string[]): Promise<Key[]> => {
    const { exit, out } = await run(['keys', 'rotate', ...more], { AUTH_JWT_KEYS: JSON.stringify(keys) });
    expect(exit).toBe(0);
    return JSON.parse(out);
  };
  const statesOf = (keys: readonly Key[]): string[] => keys.map(({ state }) => state);

  it('rotate: publishes one before it signs, and retires by keeping the public half', async () => {
    const first = JSON.parse((await run(['keys', 'new', '--alg', 'ES256'])).out) as Key[];
    const second = await rotate(first);
    expect(second[0]).toEqual(first[0]);
    expect(statesOf(second)).toEqual(['active', 'next']);
    const third = await rotate(second);
    expect(statesOf(third)).toEqual(['retired', 'active', 'next']);
    expect(third.map(({ jwk }) => 'd' in jwk)).toEqual([false, true, true]);
    expect(third.map(({ jwk }) => jwk['alg'])).toEqual(['ES256', 'ES256', 'ES256']);
    expect(third[1]).toEqual({ ...second[1], state: 'active' });
    expect(statesOf(await rotate(third))).toEqual(['retired', 'retired', 'active', 'next']);
    expect(statesOf(await rotate(third, '--drop-retired'))).toEqual(['retired', 'active', 'next']);
    expect(new Set(third.map(({ kid }) => kid)).size).toBe(3);
  });

  it.each([
    ['no list', '{}'],
    ['none that is active', '[{"kid":"a","state":"next","jwk":{}}]'],
    ['a state that nobody knows', '[{"kid":"a","state":"old","jwk":{}}]'],
    [
      'two that are next',
      JSON.stringify(['active', 'next', 'next'].map((state, at) => ({ kid: `${at}`, state, jwk: {} }))),
    ],
  ])('refuses %s', async (_, keys) => {
    expect((await run(['keys', 'rotate'], { AUTH_JWT_KEYS: keys })).exit).toBe(2);
  });

  it('refuses a kid that is there', async () => {
    const keys = (await run(['keys', 'new', '--kid', 'same'])).out;
    expect((await run(['keys', 'rotate', '--kid', 'same'], { AUTH_JWT_KEYS: keys })).exit).toBe(2);
  });
});

describe('schema', () => {
  const folder = join(root, 'packages/postgres/sql');

  it('prints the files of @sallyport/postgres, all of them, in order', async () => {
    const { out } = await run(['schema', '--dialect', 'postgres']);
    const texts = readdirSync(folder)
      .sort()
      .map((file) => readFileSync(join(folder, file), 'utf8'));
    expect(texts.length).toBeGreaterThan(0);
    for (const text of texts) expect(out).toContain(text);
  });

  it('from a number on', async () => {
    expect((await run(['schema', '--from', '999'])).out).toBe('-- nothing from 999 on\n');
    const { migrations } = JSON.parse((await run(['schema', '--from', '1', '--json'])).out);
    expect(migrations.map(({ file }: { file: string }) => file)).toEqual(readdirSync(folder).sort());
  });
});

describe('explain', () => {
  const codesOf = (page: string): string[] =>
    [...readFileSync(join(root, `docs/reference/${page}.md`), 'utf8').matchAll(/^\| (`[^|]+) \|/gm)].flatMap(
      ([, cell = '']) => [...cell.matchAll(/`([a-z_]+)`/g)].map(([, code = '']) => code),
    );

  it('knows every code of the reference', async () => {
    const codes = [...codesOf('errors'), ...codesOf('configuration-errors')];
    expect(codes.length).toBeGreaterThan(50);
    for (const code of codes) {
      const { exit, out } = await run(['explain', code]);
      expect([code, exit]).toEqual([code, 0]);
      expect(out.startsWith(`${code} (`)).toBe(true);
    }
  });

  it('says what the page says', async () => {
    const { out } = await run(['explain', 'rate_limited']);
    expect(out).toContain('429');
    expect(out).toContain('Retry-After');
    expect((await run(['explain', 'rate_limit'])).err).toContain('rate_limited');
  });
});

describe('bench-hash', () => {
  it('measures, and proposes what is at the floor or above', async () => {
    const { exit, out } = await run(['bench-hash', '--samples', '1', '--target', '150', '--json']);
    expect(exit).toBe(0);
    const { hasher, measured, proposal, loginsPerSecond } = JSON.parse(out);
    expect(hasher).toBe('argon2');
    expect(measured.length).toBeGreaterThan(5);
    for (const params of measured) expect(isBelowOwaspFloor(params)).toBe(false);
    const workOf = ({ memoryKiB, passes }: { memoryKiB: number; passes: number }): number => memoryKiB * passes;
    const fitting = measured.filter(({ ms }: { ms: number }) => ms <= 150);
    expect(workOf(proposal)).toBe(Math.max(...fitting.map(workOf)));
    expect(loginsPerSecond).toBeGreaterThan(0);
  });

  it('says so where nothing at the floor fits', async () => {
    const { exit, out } = await run(['bench-hash', '--samples', '1', '--target', '1']);
    expect(exit).toBe(1);
    expect(out).toContain('Nothing at or above the OWASP floor takes 1 ms or less here');
  });
});
