import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { AuthConfigError, BusyError } from '../errors.ts';
import type { Argon2Params } from '../primitives/argon2-params.ts';
import { formatPhc, parsePhc } from '../primitives/phc.ts';
import { argon2idAsync, scryptAsync } from '../vendor/noble-kdf.ts';
import { portableHasher } from './portable.ts';

/** Counts the derivations, and lets a test replace them: what is costly here is never computed without being seen. */
vi.mock('../vendor/noble-kdf.ts', async (original) => {
  const real = await original<typeof import('../vendor/noble-kdf.ts')>();
  return { ...real, argon2idAsync: vi.fn(real.argon2idAsync), scryptAsync: vi.fn(real.scryptAsync) };
});
const argon2idSpy = vi.mocked(argon2idAsync);
const scryptSpy = vi.mocked(scryptAsync);
const derivations = () => argon2idSpy.mock.calls.length + scryptSpy.mock.calls.length;

beforeEach(() => {
  argon2idSpy.mockReset();
  scryptSpy.mockReset();
});

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const filled = (length: number, byte: number) => new Uint8Array(length).fill(byte);
const codeOf = (build: () => unknown): string | undefined => {
  try {
    build();
    return undefined;
  } catch (error) {
    return error instanceof AuthConfigError ? error.issues[0]?.code : 'other';
  }
};

/** phc-winner-argon2, src/test.c: version 0x13, Argon2id, t=2, m=16, p=1. */
const referenceArgon2id = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
/** RFC 7914 §12: P="pleaseletmein", S="SodiumChloride", N=16384, r=8, p=1, 64 bytes. */
const referenceScrypt = formatPhc({
  id: 'scrypt',
  version: null,
  params: { ln: 14, r: 8, p: 1 },
  salt: Buffer.from('SodiumChloride'),
  hash: Buffer.from(
    '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887',
    'hex',
  ),
});

const salt = Buffer.from(filled(16, 1)).toString('base64').replace(/=+$/, '');
const tag = Buffer.from(filled(32, 2)).toString('base64').replace(/=+$/, '');
const argon2String = (params: string) => `$argon2id$v=19$${params}$${salt}$${tag}`;
const scryptString = (params: string) => `$scrypt$${params}$${salt}$${tag}`;

describe('Argon2id of the vendor', () => {
  it('computes the vector of RFC 9106 §5.3', async () => {
    const computed = await argon2idAsync(filled(32, 1), filled(16, 2), {
      m: 32,
      t: 3,
      p: 4,
      key: filled(8, 3),
      personalization: filled(12, 4),
    });
    expect(hex(computed)).toBe('0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659');
  });
});

describe('portableHasher', () => {
  const hasher = portableHasher();

  it('writes a PHC string of 128 random bits and 256 derived ones', async () => {
    const asked: number[] = [];
    const random = {
      bytes: (length: number) => {
        asked.push(length);
        return filled(length, 7);
      },
    };
    const encoded = await portableHasher({ random }).hash('correct horse battery staple');
    expect(encoded).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(asked).toEqual([16]);
    expect(parsePhc(encoded)?.salt).toEqual(filled(16, 7));
    expect(await hasher.hash('correct horse battery staple')).not.toBe(encoded);
    expect(await hasher.verify('correct horse battery staple', encoded)).toBe(true);
    expect(await hasher.verify('correct horse battery stapla', encoded)).toBe(false);
  });

  it.each([
    ['the 73rd byte', `${'a'.repeat(72)}b`, `${'a'.repeat(72)}c`],
    ['the 200th byte', `${'a'.repeat(199)}b`, `${'a'.repeat(199)}c`],
    ['what follows a NUL', 'abc\0def', 'abc\0xyz'],
    ['a NUL at the end', 'abc', 'abc\0'],
    ['anything from nothing', '', 'a'],
  ])('tells apart %s', async (_, password, other) => {
    expect(await hasher.verify(other, await hasher.hash(password))).toBe(false);
  });

  it('verifies strings of the reference implementations', async () => {
    expect(await hasher.verify('password', referenceArgon2id)).toBe(true);
    expect(await hasher.verify('pleaseletmein', referenceScrypt)).toBe(true);
    expect(await hasher.verify('pleaseletmeim', referenceScrypt)).toBe(false);
  });

  it('needs a rehash of what is weaker or of another kind', () => {
    const string = argon2String('m=19456,t=2,p=1');
    expect(hasher.needsRehash(string)).toBe(false);
    expect(portableHasher({ params: { memoryKiB: 19_456, passes: 3, lanes: 1 } }).needsRehash(string)).toBe(true);
    expect(hasher.needsRehash(argon2String('m=12288,t=3,p=1'))).toBe(true);
    expect(hasher.needsRehash(referenceScrypt)).toBe(true);
    expect(hasher.needsRehash('nonsense')).toBe(true);
  });

  it('lets the event loop turn while it hashes', async () => {
    let turns = 0;
    let hashing = true;
    const count = () => {
      turns += 1;
      if (hashing) setImmediate(count);
    };
    setImmediate(count);
    await hasher.hash('correct horse battery staple');
    hashing = false;
    expect(turns).toBeGreaterThan(20);
  });
});

describe('parameters', () => {
  const params = (memoryKiB: number, passes: number, lanes = 1): Argon2Params => ({ memoryKiB, passes, lanes });

  it.each([params(19_455, 2), params(19_456, 1), params(7_168, 4), params(19_456, 2, 0), params(Number.NaN, 2)])(
    'refuses %o as weak',
    (weak) => {
      expect(codeOf(() => portableHasher({ params: weak }))).toBe('hasher_weak');
    },
  );

  it.each([
    params(262_145, 2),
    params(262_144, 4),
    params(19_456, 2, 256),
    params(19_456.5, 2),
    params(Number.POSITIVE_INFINITY, 2),
  ])('refuses %o, which it could not verify', (invalid) => {
    expect(codeOf(() => portableHasher({ params: invalid }))).toBe('hasher_invalid');
  });

  it.each([params(47_104, 1), params(12_288, 3), params(9_216, 4), params(7_168, 5), params(65_536, 3, 4)])(
    'takes %o',
    (good) => {
      expect(codeOf(() => portableHasher({ params: good }))).toBeUndefined();
    },
  );
});

describe('verify of foreign, broken and hostile strings', () => {
  const hasher = portableHasher();

  it.each([
    ['nothing', ''],
    ['a bcrypt string', '$2b$12$invalidhashtopreventtimingattacksxxxxxxxxxxxxxxxxxxxxx'],
    ['another Argon2', argon2String('m=19456,t=2,p=1').replace('argon2id', 'argon2d')],
    ['version 16', argon2String('m=19456,t=2,p=1').replace('v=19', 'v=16')],
    ['no version', argon2String('m=19456,t=2,p=1').replace('$v=19', '')],
    ['a parameter it does not know', argon2String('m=19456,t=2,p=1,keyid=1')],
    ['a parameter too few', argon2String('m=19456,t=2')],
    ['an empty parameter', argon2String('m=19456,t=,p=1')],
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
    ['scrypt of 512 MiB', scryptString('ln=19,r=8,p=1')],
    ['scrypt past the work', scryptString('ln=18,r=8,p=3')],
    ['scrypt of a wide block', scryptString('ln=1,r=33,p=1')],
    ['scrypt of many blocks', scryptString('ln=1,r=1,p=17')],
    ['scrypt without end', scryptString('ln=9999999999,r=8,p=1')],
    ['scrypt of N=1', scryptString('ln=0,r=8,p=1')],
    ['scrypt without r', scryptString('ln=14,p=1')],
    ['scrypt without p', scryptString('ln=14,r=8')],
    ['scrypt of a parameter more', scryptString('ln=14,r=8,p=1,x=1')],
    ['scrypt of a version', scryptString('ln=14,r=8,p=1').replace('$ln', '$v=1$ln')],
  ])('%s: false, and nothing computed', async (_, encoded) => {
    expect(await hasher.verify('password', encoded)).toBe(false);
    expect(derivations()).toBe(0);
  });

  it('does not compute on a password of 1 MiB when the string is broken', async () => {
    expect(await hasher.verify('a'.repeat(1_048_576), `${argon2String('m=19456,t=2,p=1')}$`)).toBe(false);
    expect(derivations()).toBe(0);
  });

  it('never throws, and computes only within its bounds', async () => {
    argon2idSpy.mockImplementation(async () => filled(32, 0));
    scryptSpy.mockImplementation(async () => filled(32, 0));
    const edges = fc.constantFrom(0, 1, 2, 3, 4, 8, 16, 17, 18, 19, 32, 33, 255, 256, 19_456, 262_144, 262_145);
    const size = fc.oneof({ arbitrary: edges, weight: 3 }, fc.integer({ min: 0, max: 300_000 }), fc.maxSafeNat());
    const few = fc.oneof({ arbitrary: fc.integer({ min: 0, max: 20 }), weight: 3 }, size);
    const pair = fc.tuple(fc.constantFrom('m', 't', 'p', 'ln', 'r', 'keyid'), size).map(([name, n]) => `${name}=${n}`);
    const base64 = fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes).toString('base64'));
    const string = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .tuple(size, size, size, base64, base64)
        .map(([m, t, p, s, h]) => `$argon2id$v=19$m=${m},t=${t},p=${p}$${s}$${h}`),
      fc.tuple(size, few, few).map(([m, t, p]) => argon2String(`m=${m},t=${t},p=${p}`)),
      fc.tuple(few, few, few).map(([ln, r, p]) => scryptString(`ln=${ln},r=${r},p=${p}`)),
      fc.array(pair, { maxLength: 9 }).map((pairs) => argon2String(pairs.join(','))),
      fc.array(pair, { maxLength: 9 }).map((pairs) => scryptString(pairs.join(','))),
    );
    await fc.assert(
      fc.asyncProperty(string, async (encoded) => {
        expect(await hasher.verify('password', encoded)).toBe(false);
        hasher.needsRehash(encoded);
      }),
      { numRuns: 3_000 },
    );
    for (const [, , cost] of argon2idSpy.mock.calls) {
      expect(cost?.m).toBeLessThanOrEqual(262_144);
      expect((cost?.m ?? 0) * (cost?.t ?? 0)).toBeLessThanOrEqual(786_432);
      expect(cost?.p).toBeLessThanOrEqual(255);
    }
    for (const [, , { N, r, p }] of scryptSpy.mock.calls) {
      expect(128 * r * N * p).toBeLessThanOrEqual(536_870_912);
      expect(128 * r * p).toBeLessThanOrEqual(65_536);
    }
    expect(argon2idSpy).toHaveBeenCalled();
    expect(scryptSpy).toHaveBeenCalled();
  });
});

describe('the queue', () => {
  it('runs one hash at a time, holds 64 and sheds the rest with BusyError', async () => {
    const seen = { inFlight: 0, most: 0 };
    argon2idSpy.mockImplementation(async () => {
      seen.inFlight += 1;
      seen.most = Math.max(seen.most, seen.inFlight);
      await new Promise<void>((resolve) => setImmediate(resolve));
      seen.inFlight -= 1;
      return filled(32, 0);
    });
    const hasher = portableHasher();
    const encoded = argon2String('m=19456,t=2,p=1');
    const calls = Array.from({ length: 100 }, (_, index) =>
      index % 2 === 0 ? hasher.hash('password') : hasher.verify('password', encoded),
    );
    const results = await Promise.allSettled(calls);
    const shed = results.filter((result) => result.status === 'rejected').map((result) => result.reason as unknown);
    expect(seen.most).toBe(1);
    expect(argon2idSpy).toHaveBeenCalledTimes(65);
    expect(shed).toHaveLength(35);
    expect(shed.every((error) => error instanceof BusyError)).toBe(true);
    // 65 hashes of 0.3 s.
    expect(shed[0]).toMatchObject({ retryAfterMs: 20_235 });
  });

  it('sheds as told, and answers a broken string even then', async () => {
    const hasher = portableHasher({ waiting: 0 });
    const first = hasher.hash('password');
    await expect(hasher.hash('password')).rejects.toBeInstanceOf(BusyError);
    expect(await hasher.verify('password', 'nonsense')).toBe(false);
    await first;
  });
});
