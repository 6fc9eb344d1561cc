import { BlockList, isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketOf, type Ip, parseIp, parseNetwork } from './network.ts';

const v4 = fc.ipV4();
const v6 = fc.ipV6();
const bytesOf = (text: string): readonly number[] | undefined => parseIp(text)?.bytes;
const ip = (text: string): Ip => {
  const parsed = parseIp(text);
  if (parsed === null) throw new Error(`${text} is no address`);
  return parsed;
};

/** The whole address as one number: the reference for what shares a prefix. */
const numberOf = ({ bytes }: Ip): bigint => bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
const isWithin = (network: Ip, other: Ip, bits: number): boolean => {
  const width = network.bytes.length * 8;
  return (
    other.bytes.length === network.bytes.length && (numberOf(network) ^ numberOf(other)) >> BigInt(width - bits) === 0n
  );
};

describe('parseIp', () => {
  it('RL-01: reads exactly what Node reads as an address, zones apart', () => {
    const nearly = fc.oneof(
      v4,
      v6,
      fc.stringMatching(/^[0-9a-fA-F:.]{0,24}$/),
      fc.stringMatching(/^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/),
      fc.stringMatching(/^::ffff:\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/),
    );
    fc.assert(
      fc.property(nearly, (text) => {
        expect([text, parseIp(text) !== null]).toEqual([text, isIPv4(text) || isIPv6(text)]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('reads the bytes', () => {
    expect(bytesOf('192.0.2.1')).toEqual([192, 0, 2, 1]);
    expect(bytesOf('::')).toEqual(Array(16).fill(0));
    expect(bytesOf('::1')).toEqual([...Array(15).fill(0), 1]);
    expect(bytesOf('2001:DB8::8:800:200C:417A')).toEqual([32, 1, 13, 184, 0, 0, 0, 0, 0, 8, 8, 0, 32, 12, 65, 122]);
    expect(bytesOf('1:2:3:4:5:6:7::')).toEqual([0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 0]);
    expect(bytesOf('64:ff9b::192.0.2.33')).toEqual([0, 100, 255, 155, ...Array(8).fill(0), 192, 0, 2, 33]);
  });

  it('IPv4 in IPv6 clothes is IPv4, however it is written', () => {
    const hex = (a: number, b: number) => ((a << 8) | b).toString(16);
    fc.assert(
      fc.property(v4, (text) => {
        const [a = 0, b = 0, c = 0, d = 0] = text.split('.').map(Number);
        const plain = { bytes: [a, b, c, d], text };
        expect(parseIp(`::ffff:${text}`)).toEqual(plain);
        expect(parseIp(`::FFFF:${text}`)).toEqual(plain);
        expect(parseIp(`0:0:0:0:0:ffff:${hex(a, b)}:${hex(c, d)}`)).toEqual(plain);
      }),
    );
  });

  it('an address has one text, however it was written', () => {
    fc.assert(
      fc.property(v6, (text) => {
        const once = ip(text);
        expect(parseIp(once.text)).toEqual(once);
        expect(parseIp(text.toUpperCase())).toEqual(once);
      }),
    );
  });

  it.each([
    '',
    'localhost',
    'unknown',
    '_hidden',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '1.2.3.4 ',
    ' 1.2.3.4',
    '1.2.3.4:80',
    '1.2.3.4%eth0',
    'fe80::1%eth0',
    '[::1]',
    '[::1]:80',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    '::1/64',
    '::1]@[::2',
    '2130706433',
    '0x7f.0.0.1',
    '0177.0.0.1',
    '01.02.03.04',
    '１.2.3.4',
    '::ffff:1.2.3.4.5',
    '1.2.3.4\0',
    `::${'0'.repeat(60)}`,
  ])('RL-01: %j is no address', (text) => {
    expect(parseIp(text)).toBeNull();
  });
});

describe('bucketOf', () => {
  it('RL-01: one bucket an IPv4 address, one an IPv6 /64', () => {
    fc.assert(
      fc.property(v4, v4, (a, b) => {
        expect(bucketOf(ip(a)) === bucketOf(ip(b))).toBe(a === b);
      }),
    );
    fc.assert(
      fc.property(v6, v6, (a, b) => {
        const [one, two] = [ip(a), ip(b)];
        fc.pre(one.bytes.length === 16 && two.bytes.length === 16);
        expect(bucketOf(one) === bucketOf(two)).toBe(isWithin(one, two, 64));
      }),
    );
  });

  it('RL-01: 65,536 addresses of one customer are one bucket, the neighbour is another', () => {
    const buckets = new Set(
      Array.from({ length: 1_000 }, (_, i) => bucketOf(ip(`2001:db8:1:2:${i.toString(16)}::${i + 1}`))),
    );
    expect([...buckets]).toEqual(['2001:db8:1:2::/64']);
    expect(bucketOf(ip('2001:db8:1:3::1'))).toBe('2001:db8:1:3::/64');
    expect(bucketOf(ip('::ffff:192.0.2.1'))).toBe(bucketOf(ip('192.0.2.1')));
  });
});

describe('parseNetwork', () => {
  it('holds exactly the addresses that share its bits (a BigInt says so)', () => {
    const pair = fc.oneof(
      fc.tuple(v4, v4, fc.integer({ min: 0, max: 32 })),
      fc.tuple(v6, v6, fc.integer({ min: 0, max: 128 })),
      fc.tuple(v4, v6, fc.integer({ min: 0, max: 32 })),
    );
    fc.assert(
      fc.property(pair, ([network, other, bits]) => {
        const base = ip(network);
        fc.pre(bits <= base.bytes.length * 8);
        const holds = parseNetwork(`${network}/${bits}`);
        expect(holds?.(ip(other))).toBe(isWithin(base, ip(other), bits));
        expect(holds?.(base)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('its first and last address are in, their neighbours are not', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.integer({ min: 1, max: 32 }), (number, bits) => {
        const dotted = (n: number) => [24, 16, 8, 0].map((shift) => Math.floor(n / 2 ** shift) % 256).join('.');
        const size = 2 ** (32 - bits);
        const first = Math.floor(number / size) * size;
        const holds = parseNetwork(`${dotted(number)}/${bits}`);
        const isIn = (n: number) => holds?.(ip(dotted(n)));
        expect([isIn(first), isIn(first + size - 1)]).toEqual([true, true]);
        if (first > 0) expect(isIn(first - 1)).toBe(false);
        if (first + size <= 0xffffffff) expect(isIn(first + size)).toBe(false);
      }),
    );
  });

  it('agrees with the block list of Node', () => {
    fc.assert(
      fc.property(v4, v4, fc.integer({ min: 1, max: 32 }), (network, other, bits) => {
        const list = new BlockList();
        list.addSubnet(network, bits);
        expect(parseNetwork(`${network}/${bits}`)?.(ip(other))).toBe(list.check(other));
      }),
    );
  });

  it('RL-01: a network of one family holds nobody of the other, but IPv4 in IPv6 clothes', () => {
    expect(parseNetwork('0.0.0.0/0')?.(ip('::1'))).toBe(false);
    expect(parseNetwork('::/0')?.(ip('192.0.2.1'))).toBe(false);
    expect(parseNetwork('10.0.0.0/8')?.(ip('::ffff:10.1.2.3'))).toBe(true);
    expect(parseNetwork('192.0.2.1')?.(ip('192.0.2.1'))).toBe(true);
    expect(parseNetwork('192.0.2.1')?.(ip('192.0.2.2'))).toBe(false);
  });

  it.each([
    '',
    '/',
    '10.0.0.0/',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/8/8',
    '10.0.0.0/-1',
    '10.0.0.0/8.0',
    '10.0.0.0/ 8',
    '10/8',
    '10.0.0.0/1e1',
    '10.0.0.0/0x8',
    'fe80::%eth0/64',
    '*',
  ])('refuses %j', (text) => {
    expect(parseNetwork(text)).toBeNull();
  });
});
