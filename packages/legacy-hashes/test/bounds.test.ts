import { BusyError } from '@sallyport/core/ports';
import bcrypt from 'bcryptjs';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { legacyHashes, pbkdf2String, scryptString } from '../src/index.ts';
import { countingHasher } from './hasher.ts';
import { password, stored } from './strings.ts';

const bcryptOf = (cost: string): string => `$2b$${cost}$${'a'.repeat(53)}`;
const key = 'A'.repeat(43);

describe('bcrypt reads 72 bytes', () => {
  const hasher = legacyHashes({ current: countingHasher([]) });

  it.each([
    ['72 bytes and more', 'a'.repeat(73), 'a'.repeat(72)],
    ['72 bytes of two-byte letters', 'ä'.repeat(37), 'ä'.repeat(36)],
  ])('%s: refused, and what fits is not', async (_, long, fitting) => {
    const encoded = await bcrypt.hash(fitting, 4);
    expect(await bcrypt.compare(long, encoded)).toBe(true);
    expect(await hasher.verify(long, encoded)).toBe(false);
    expect(await hasher.verify(fitting, encoded)).toBe(true);
  });

  it('a NUL: refused, also where the library would take it', async () => {
    const encoded = await bcrypt.hash('abc\0def', 4);
    expect(await bcrypt.compare('abc\0def', encoded)).toBe(true);
    expect(await hasher.verify('abc\0def', encoded)).toBe(false);
  });

  it('is asked all the same, so that the refusal takes no less work', async () => {
    const compare = vi.fn(async () => true);
    const counted = legacyHashes({ current: countingHasher([]), bcrypt: compare });
    expect(await counted.verify('a'.repeat(73), bcryptOf('10'))).toBe(false);
    expect(compare.mock.calls).toEqual([['', bcryptOf('10')]]);
  });

  it('a long password whose string is for nothing does not match the empty one', async () => {
    expect(await hasher.verify('a'.repeat(73), await bcrypt.hash('', 4))).toBe(false);
  });
});

describe('what costs too much is not computed', () => {
  it.each([
    ['bcrypt 15', bcryptOf('15')],
    ['bcrypt 31', bcryptOf('31')],
    ['bcrypt 03', bcryptOf('03')],
    ['$2x$', bcryptOf('10').replace('2b', '2x')],
    ['Django, ten million', 'pbkdf2_sha256$10000000$salt$0Wy0rTjkiVaD3EsObuWhDu11yu+PcU8ws54gde9WKGA='],
    ['Django, none', 'pbkdf2_sha256$0$salt$0Wy0rTjkiVaD3EsObuWhDu11yu+PcU8ws54gde9WKGA='],
    ['a hash of one byte', 'pbkdf2_sha256$1000$salt$AA=='],
    ['Werkzeug, a digest that nobody has', `pbkdf2:md5:1000$salt$${'ab'.repeat(16)}`],
    ['passlib, four million and one', `$pbkdf2-sha256$4000001$AAAA$${key}`],
    ['PHC without rounds', `$pbkdf2-sha256$x=5$AAAA$${key}`],
    ['PHC, too many rounds', `$pbkdf2-sha256$i=4000001$AAAA$${key}`],
    ['scrypt of 512 MiB', `$scrypt$ln=19,r=8,p=1$AAAA$${key}`],
    ['scrypt past the work', `$scrypt$ln=18,r=8,p=3$AAAA$${key}`],
    ['scrypt of N=1000', `scrypt:1000:8:1$salt$${'ab'.repeat(32)}`],
    ['scrypt of a wide block', `scrypt:2:33:1$salt$${'ab'.repeat(32)}`],
    ['scrypt of many blocks', `scrypt$2$salt$1$17$${key}=`],
    ['a salt of Lucia that is none', `s2::${'ab'.repeat(64)}`],
    ['a hash of Lucia that is cut off', `${'ab'.repeat(16)}:${'ab'.repeat(32)}`],
    ['nothing', ''],
    ['a megabyte', '$'.repeat(1_048_576)],
  ])('%s', async (_, encoded) => {
    const log: string[] = [];
    const compare = vi.fn(async () => true);
    const hasher = legacyHashes({ current: countingHasher(log), bcrypt: compare });
    const derive = vi.spyOn(crypto.subtle, 'deriveBits');
    expect(await hasher.verify(password, encoded)).toBe(false);
    expect([log, compare.mock.calls, derive.mock.calls]).toEqual([['verify'], [], []]);
    derive.mockRestore();
  });

  it('never throws, whatever is stored', async () => {
    const hasher = legacyHashes({ current: countingHasher([]), bcrypt: async () => false });
    const broken = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.tuple(fc.constantFrom(...Object.values(stored)), fc.nat(200), fc.string({ maxLength: 3 })).map(
        // What belongs to the cost stays as it is: this is about the form.
        ([text, at, put]) => text.slice(0, 20) + text.slice(20, 20 + at) + put + text.slice(20 + at + put.length),
      ),
    );
    await fc.assert(
      fc.asyncProperty(broken, async (encoded) => {
        hasher.needsRehash(encoded);
        if (!encoded.startsWith('pbkdf2_sha256$1000000')) await hasher.verify('another', encoded);
      }),
      { numRuns: 100 },
    );
  });

  it('writes no string that would not verify', () => {
    const hash = new Uint8Array(32);
    expect(() => pbkdf2String({ digest: 'sha256', iterations: 4_000_001, salt: 's', hash })).toThrow(RangeError);
    expect(() => pbkdf2String({ digest: 'sha256', iterations: 1_000, salt: 's'.repeat(97), hash })).toThrow(RangeError);
    expect(() => scryptString({ N: 1_000, r: 8, p: 1, salt: 's', hash })).toThrow(RangeError);
    expect(() => scryptString({ N: 1_024, r: 8, p: 1, salt: 's', hash: new Uint8Array(8) })).toThrow(RangeError);
  });
});

describe('the queue', () => {
  it('runs one at a time, keeps as many as it is told to, and sheds the rest', async () => {
    const seen = { now: 0, most: 0 };
    const slow = async (): Promise<boolean> => {
      seen.now += 1;
      seen.most = Math.max(seen.most, seen.now);
      await new Promise((resolve) => setImmediate(resolve));
      seen.now -= 1;
      return true;
    };
    const hasher = legacyHashes({ current: countingHasher([]), bcrypt: slow, waiting: 3 });
    const calls = Array.from({ length: 10 }, () => hasher.verify('x', bcryptOf('10')));
    const results = await Promise.allSettled(calls);
    const shed = results.filter((one) => one.status === 'rejected').map(({ reason }) => reason as unknown);
    expect([seen.most, shed.length]).toEqual([1, 6]);
    expect(shed.every((error) => error instanceof BusyError)).toBe(true);
  });
});

describe('like', () => {
  const compared: string[] = [];
  const log: string[] = [];
  const hasher = legacyHashes({
    current: countingHasher(log),
    like: bcryptOf('10'),
    bcrypt: async (_, encoded) => {
      compared.push(encoded.slice(0, 7));
      return false;
    },
  });
  const costOf = async (encoded: string): Promise<unknown> => {
    log.length = 0;
    compared.length = 0;
    expect(await hasher.verify('wrong', encoded)).toBe(false);
    return { current: log.length, old: [...compared] };
  };

  it('makes a password that does not match cost the same, however it is kept', async () => {
    const same = { current: 1, old: ['$2b$10$'] };
    expect(await costOf('$current$right')).toEqual(same);
    expect(await costOf(`$2b$10$${'b'.repeat(53)}`)).toEqual(same);
  });

  it('costs nothing where the password is right', async () => {
    compared.length = 0;
    expect(await hasher.verify('right', '$current$right')).toBe(true);
    expect(compared).toEqual([]);
  });

  it('is refused where it cannot be read, without repeating it', () => {
    const build = (): unknown => legacyHashes({ current: countingHasher([]), like: 'sha1$secret$secret' });
    expect(build).toThrow('legacyHashes({ like })');
    expect(build).not.toThrow('secret$secret');
  });
});
