import { scryptSync } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { hash, hashRaw } from '@node-rs/argon2';
import { AuthConfigError, parsePhc, portableHasher } from '@sallyport/core/hashing';
import { BusyError } from '@sallyport/core/ports';
import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { argon2 } from './index.ts';

/** Counts what reaches native code, and lets a test replace it. */
vi.mock('@node-rs/argon2', async (original) => {
  const real = await original<typeof import('@node-rs/argon2')>();
  return { ...real, hash: vi.fn(real.hash), hashRaw: vi.fn(real.hashRaw) };
});
vi.mock('node:os', async (original) => {
  const real = await original<typeof import('node:os')>();
  return { ...real, availableParallelism: vi.fn(real.availableParallelism) };
});
const hashSpy = vi.mocked(hash);
const rawSpy = vi.mocked(hashRaw);

beforeEach(() => {
  hashSpy.mockReset();
  rawSpy.mockReset();
  vi.mocked(availableParallelism).mockReset();
});

const codeOf = (build: () => unknown): string | undefined => {
  try {
    build();
    return undefined;
  } catch (error) {
    return error instanceof AuthConfigError ? error.issues[0]?.code : 'other';
  }
};
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replace(/=+$/, '');
const salt = base64(new Uint8Array(16).fill(1));
const tag = base64(new Uint8Array(32).fill(2));
const argon2String = (params: string) => `$argon2id$v=19$${params}$${salt}$${tag}`;

describe('argon2', () => {
  const hasher = argon2();

  it('writes a PHC string with the parameters of OWASP and a salt of its own', async () => {
    const encoded = await hasher.hash('correct horse battery staple');
    expect(encoded).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(await hasher.hash('correct horse battery staple')).not.toBe(encoded);
    expect(await argon2({ memoryKiB: 12_288, passes: 3, lanes: 2 }).hash('x')).toContain('$m=12288,t=3,p=2$');
  });

  it('and the portable hasher verify the strings of each other', async () => {
    const portable = portableHasher();
    for (const password of ['correct horse battery staple', 'пароль 🔑 \0 \ud800']) {
      const native = await hasher.hash(password);
      const plain = await portable.hash(password);
      expect(await portable.verify(password, native)).toBe(true);
      expect(await hasher.verify(password, plain)).toBe(true);
      expect(await portable.verify(`${password}x`, native)).toBe(false);
      expect(await hasher.verify(`${password}x`, plain)).toBe(false);
    }
    expect(portable.needsRehash(await hasher.hash('x'))).toBe(false);
  });

  it('verifies a string of the reference implementation', async () => {
    // phc-winner-argon2, src/test.c: version 0x13, Argon2id, t=2, m=16, p=1.
    const encoded = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
    expect(await hasher.verify('password', encoded)).toBe(true);
    expect(await hasher.verify('passwore', encoded)).toBe(false);
  });

  it.each([
    [8, 16, 1],
    [96, 64, 4],
  ])('verifies a salt of %i bytes with a tag of %i and %i lanes', async (saltBytes, tagBytes, lanes) => {
    const wide = new Uint8Array(saltBytes).fill(9);
    const cost = { memoryCost: 256, timeCost: 1, parallelism: lanes };
    const raw = await hashRaw('password', { ...cost, outputLen: tagBytes, salt: wide });
    const encoded = `$argon2id$v=19$m=256,t=1,p=${lanes}$${base64(wide)}$${base64(raw)}`;
    expect(await hasher.verify('password', encoded)).toBe(true);
    expect(await hasher.verify('passwore', encoded)).toBe(false);
    expect(await portableHasher().verify('password', encoded)).toBe(true);
  });

  it('verifies an imported scrypt string and wants it replaced', async () => {
    const raw = scryptSync('password', 'sixteen bytes ok', 32, { N: 2 ** 14, r: 8, p: 1 });
    const encoded = `$scrypt$ln=14,r=8,p=1$${base64(Buffer.from('sixteen bytes ok'))}$${base64(raw)}`;
    expect(await hasher.verify('password', encoded)).toBe(true);
    expect(await hasher.verify('passwore', encoded)).toBe(false);
    expect(await hasher.verify('password', encoded.replace('ln=14', 'ln=20'))).toBe(false);
    expect(hasher.needsRehash(encoded)).toBe(true);
  });

  it.each([1, 2, 8, 55, 56, 64, 71, 72, 73, 127, 128, 129, 200])(
    'tells passwords of %i bytes apart by their last one',
    async (length) => {
      const start = 'a'.repeat(length - 1);
      const encoded = await hasher.hash(`${start}b`);
      expect(await hasher.verify(`${start}c`, encoded)).toBe(false);
      expect(await hasher.verify(start, encoded)).toBe(false);
      expect(await hasher.verify(`${start}b`, encoded)).toBe(true);
    },
  );

  it.each([
    ['what follows a NUL', 'abc\0def', 'abc\0xyz'],
    ['a NUL at the end', 'abc', 'abc\0'],
    ['a space', ' pass phrase ', 'pass phrase'],
    ['the case', 'Pass phrase', 'pass phrase'],
    ['anything from nothing', '', 'a'],
    ['nothing from a NUL', '\0', ''],
  ])('tells apart %s', async (_, password, other) => {
    const encoded = await hasher.hash(password);
    expect(await hasher.verify(other, encoded)).toBe(false);
    expect(await hasher.verify(password, encoded)).toBe(true);
  });

  it('needs a rehash when the parameters rise', async () => {
    const encoded = await hasher.hash('password');
    expect(hasher.needsRehash(encoded)).toBe(false);
    expect(argon2({ passes: 3 }).needsRehash(encoded)).toBe(true);
    expect(argon2({ memoryKiB: 65_536 }).needsRehash(encoded)).toBe(true);
    expect(hasher.needsRehash('nonsense')).toBe(true);
  });
});

describe('options', () => {
  it.each([{ memoryKiB: 19_455 }, { passes: 1 }, { lanes: 0 }, { memoryKiB: Number.NaN }])(
    'refuses %o as weak',
    (options) => {
      expect(codeOf(() => argon2(options))).toBe('hasher_weak');
    },
  );

  it.each([{ memoryKiB: 262_145 }, { passes: 41 }, { lanes: 256 }, { memoryKiB: 19_456.5 }])(
    'refuses %o, which it could not verify',
    (options) => {
      expect(codeOf(() => argon2(options))).toBe('hasher_invalid');
    },
  );

  it.each([{ running: 0 }, { running: 1.5 }, { waiting: -1 }, { waiting: Number.NaN }])('refuses %o', (options) => {
    expect(() => argon2(options)).toThrow(RangeError);
  });
});

describe('verify of foreign, broken and hostile strings', () => {
  const hasher = argon2();
  const bounded = () => {
    for (const [, cost] of rawSpy.mock.calls) {
      const { memoryCost = 0, timeCost = 0, parallelism = 0, outputLen = 0 } = cost ?? {};
      expect(memoryCost).toBeLessThanOrEqual(262_144);
      expect(memoryCost * timeCost).toBeLessThanOrEqual(786_432);
      expect(parallelism).toBeLessThanOrEqual(255);
      expect(outputLen).toBeGreaterThanOrEqual(16);
      expect(outputLen).toBeLessThanOrEqual(64);
      expect(cost?.salt?.length).toBeGreaterThanOrEqual(8);
    }
  };

  it.each([
    ['nothing', ''],
    ['a bcrypt string', '$2b$12$invalidhashtopreventtimingattacksxxxxxxxxxxxxxxxxxxxxx'],
    ['another Argon2', argon2String('m=19456,t=2,p=1').replace('argon2id', 'argon2d')],
    ['version 16', argon2String('m=19456,t=2,p=1').replace('v=19', 'v=16')],
    ['no version', argon2String('m=19456,t=2,p=1').replace('$v=19', '')],
    ['a parameter it does not know', argon2String('m=19456,t=2,p=1,keyid=1')],
    ['a parameter too few', argon2String('m=19456,t=2')],
    ['a tag of one byte', `$argon2id$v=19$m=19456,t=2,p=1$${salt}$AA`],
    ['a tag of 96 bytes', `$argon2id$v=19$m=19456,t=2,p=1$${salt}$${'A'.repeat(128)}`],
    ['a salt of six bytes', `$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAA$${tag}`],
    ['no pass', argon2String('m=19456,t=0,p=1')],
    ['no lane', argon2String('m=19456,t=2,p=0')],
    ['less than 8 KiB a lane', argon2String('m=15,t=2,p=2')],
    ['a KiB more than 256 MiB', argon2String('m=262145,t=1,p=1')],
    ['4 TiB', argon2String('m=4294967295,t=1,p=1')],
    ['a pass more than the work allows', argon2String('m=262144,t=4,p=1')],
    ['passes for weeks', argon2String('m=8,t=4294967295,p=1')],
    ['256 lanes', argon2String('m=19456,t=2,p=256')],
    ['scrypt without end', `$scrypt$ln=9999999999,r=8,p=1$${salt}$${tag}`],
  ])('%s: false, and nothing computed', async (_, encoded) => {
    expect(await hasher.verify('password', encoded)).toBe(false);
    expect(rawSpy).not.toHaveBeenCalled();
  });

  it('does not compute on a password of 1 MiB when the string is broken', async () => {
    expect(await hasher.verify('a'.repeat(1_048_576), `${argon2String('m=19456,t=2,p=1')}$`)).toBe(false);
    expect(rawSpy).not.toHaveBeenCalled();
  });

  it('never throws, and hands over only what is within its bounds', async () => {
    rawSpy.mockImplementation(async (_, cost) => Buffer.alloc(cost?.outputLen ?? 0));
    const edges = fc.constantFrom(0, 1, 2, 3, 4, 8, 255, 256, 19_456, 262_144, 262_145);
    const size = fc.oneof({ arbitrary: edges, weight: 3 }, fc.integer({ min: 0, max: 300_000 }), fc.maxSafeNat());
    const few = fc.oneof({ arbitrary: fc.integer({ min: 0, max: 20 }), weight: 3 }, size);
    const pair = fc.tuple(fc.constantFrom('m', 't', 'p', 'keyid'), size).map(([name, n]) => `${name}=${n}`);
    const bytes = fc.uint8Array({ maxLength: 80 }).map(base64);
    const string = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .tuple(size, size, size, bytes, bytes)
        .map(([m, t, p, s, h]) => `$argon2id$v=19$m=${m},t=${t},p=${p}$${s}$${h}`),
      fc.tuple(size, few, few).map(([m, t, p]) => argon2String(`m=${m},t=${t},p=${p}`)),
      fc.array(pair, { maxLength: 9 }).map((pairs) => argon2String(pairs.join(','))),
    );
    await fc.assert(
      fc.asyncProperty(string, async (encoded) => {
        const matches = await hasher.verify('password', encoded);
        // The stand-in computes nothing but zeros.
        if (matches) expect(parsePhc(encoded)?.hash.every((byte) => byte === 0)).toBe(true);
        hasher.needsRehash(encoded);
      }),
      { numRuns: 3_000 },
    );
    expect(rawSpy).toHaveBeenCalled();
    bounded();
  });

  it('takes what the native code really takes: small costs never throw', async () => {
    const small = fc.tuple(
      fc.integer({ min: 8, max: 64 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 9 }),
      fc.uint8Array({ minLength: 6, maxLength: 96 }),
      fc.uint8Array({ minLength: 12, maxLength: 72 }),
    );
    await fc.assert(
      fc.asyncProperty(small, async ([m, t, p, s, h]) => {
        const encoded = `$argon2id$v=19$m=${m},t=${t},p=${p}$${base64(s)}$${base64(h)}`;
        expect(await hasher.verify('password', encoded)).toBe(false);
      }),
      { numRuns: 200 },
    );
    expect(rawSpy).toHaveBeenCalled();
    bounded();
  });
});

describe('the queue', () => {
  /** Stands in for native code: each call ends in a later turn of the loop. */
  const watched = () => {
    const seen = { started: 0, inFlight: 0, most: 0 };
    const work = async () => {
      seen.started += 1;
      seen.inFlight += 1;
      seen.most = Math.max(seen.most, seen.inFlight);
      await new Promise<void>((resolve) => setImmediate(resolve));
      seen.inFlight -= 1;
    };
    hashSpy.mockImplementation(async () => {
      await work();
      return argon2String('m=19456,t=2,p=1');
    });
    rawSpy.mockImplementation(async () => {
      await work();
      return Buffer.alloc(32);
    });
    return seen;
  };
  const flood = (hasher: ReturnType<typeof argon2>, size: number) =>
    Promise.allSettled(
      Array.from(
        { length: size },
        (_, index): Promise<unknown> =>
          index % 2 === 0 ? hasher.hash('x') : hasher.verify('x', argon2String('m=19456,t=2,p=1')),
      ),
    );
  const shedOf = (results: readonly PromiseSettledResult<unknown>[]) =>
    results.filter((result) => result.status === 'rejected').map((result) => result.reason as unknown);

  it.each([
    { running: 1, waiting: 0 },
    { running: 2, waiting: 10 },
    { running: 4, waiting: 100 },
  ])('of 500 at once keeps $running in flight and $waiting waiting', async ({ running, waiting }) => {
    const seen = watched();
    const shed = shedOf(await flood(argon2({ running, waiting }), 500));
    expect(seen).toEqual({ started: running + waiting, inFlight: 0, most: running });
    expect(shed).toHaveLength(500 - running - waiting);
    expect(shed.every((error) => error instanceof BusyError)).toBe(true);
  });

  it.each([
    { cores: 1, running: 1 },
    { cores: 2, running: 1 },
    { cores: 4, running: 3 },
    { cores: 64, running: 3 },
  ])('on $cores cores keeps $running in flight and 64 times as many waiting', async ({ cores, running }) => {
    vi.mocked(availableParallelism).mockReturnValue(cores);
    const seen = watched();
    const shed = shedOf(await flood(argon2(), 500));
    expect(seen).toEqual({ started: 65 * running, inFlight: 0, most: running });
    // 65 hashes of 20 ms one after another, whatever the number of lines.
    expect(shed[0]).toMatchObject({ retryAfterMs: 1_265 });
  });

  it('says how long the full queue takes at its own cost', async () => {
    watched();
    const shed = shedOf(await flood(argon2({ memoryKiB: 65_536, passes: 3, running: 2, waiting: 10 }), 13));
    expect(shed).toEqual([expect.objectContaining({ retryAfterMs: 590 })]);
  });

  it('answers a broken string while it is full, and goes on after a failure', async () => {
    watched();
    hashSpy.mockRejectedValueOnce(new Error('native'));
    const hasher = argon2({ running: 1, waiting: 1 });
    const calls = Promise.allSettled([hasher.hash('x'), hasher.hash('x'), hasher.hash('x')]);
    expect(await hasher.verify('x', 'nonsense')).toBe(false);
    expect((await calls).map((result) => result.status)).toEqual(['rejected', 'fulfilled', 'rejected']);
    await expect(hasher.hash('x')).resolves.toBe(argon2String('m=19456,t=2,p=1'));
  });
});
