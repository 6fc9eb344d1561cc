import type { OneTimeToken, RefreshFamily, StoredRecord } from '@sallyport/core/ports';
import { describe, expect, it } from 'vitest';
import { decode, encode } from '../src/codec.ts';
import { session } from './samples.ts';

const base = { id: 'an-id', userId: 'u', version: 9007199254740991, expiresAt: 5 };
const family: RefreshFamily = {
  ...base,
  epoch: 1,
  createdAt: 1,
  rotatedAt: 2,
  authenticatedAt: 3,
  transport: 'token',
  absoluteExpiresAt: 4,
  aal: 2,
  amr: ['pwd', 'otp'],
  client: { ip: null, agent: null },
  scope: [],
  clientId: null,
};
const token: OneTimeToken = { ...base, purpose: 'magic_link', epoch: null, data: { a: [] } };
const known: readonly StoredRecord[] = [session(), family, token];
const others: readonly StoredRecord[] = [
  base,
  { ...session(), extra: 1 } as StoredRecord,
  { ...token, data: undefined, other: 1 } as StoredRecord,
  JSON.parse('{"id":"an-id","userId":null,"version":1,"expiresAt":null,"__proto__":{"admin":true}}') as StoredRecord,
];

describe('a stored value', () => {
  it.each(known)('has no names of members, and begins with its version', (record) => {
    const value = encode(record);
    expect(value).toMatch(new RegExp(`^${record.version} \\[\\d,`));
    expect(value).not.toContain('userId');
    expect(value).not.toContain(record.id);
    expect(decode(record.id, value)).toEqual(record);
  });

  it.each(others)('of members in no known set is JSON: %o', (record) => {
    const value = encode(record);
    expect(value).toMatch(/^\d+ \{/);
    const back = decode(record.id, value);
    const membersOf = (value: unknown) => Object.entries(value as object).sort();
    expect(membersOf(back)).toEqual(membersOf(JSON.parse(JSON.stringify(record))));
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
  });

  it('does not depend on the order of members, nor on what a prototype has', () => {
    const record = session();
    const reversed = Object.fromEntries(Object.entries(record).reverse()) as unknown as StoredRecord;
    expect(encode(reversed)).toBe(encode(record));
    const { data, ...rest } = record;
    expect(encode(Object.assign(Object.create({ data }), { ...rest, other: 1 }))).toMatch(/^1 \{/);
  });

  it.each([
    ['1 [9,1]'],
    ['1 [0,1]'],
    ['1 ["x"]'],
    ['1 x'],
    [''],
    ['{}'],
    [' {}'],
    ['x {}'],
    ['1 null'],
    ['1 5'],
    ['1.5 {}'],
  ])('that nothing here has written is an error, never a record: %j', (value) => {
    expect(() => decode('a', value)).toThrow();
  });

  it('of every known shape is what earlier releases have stored', () => {
    const stored = [
      '1 [0,"u",5,1,2,3,4,6,1,["pwd"],{"ip":null,"agent":null},{}]',
      '2 [1,"u",5,1,2,3,4,"body",6,2,["otp"],{"ip":null,"agent":null},["a"],null]',
      '3 [2,null,5,"verify_email",7,{}]',
    ];
    expect(stored.map((value) => decode('i', value))).toMatchInlineSnapshot(`
      [
        {
          "aal": 1,
          "absoluteExpiresAt": 6,
          "amr": [
            "pwd",
          ],
          "authenticatedAt": 4,
          "client": {
            "agent": null,
            "ip": null,
          },
          "createdAt": 2,
          "data": {},
          "epoch": 1,
          "expiresAt": 5,
          "id": "i",
          "lastSeenAt": 3,
          "userId": "u",
          "version": 1,
        },
        {
          "aal": 2,
          "absoluteExpiresAt": 6,
          "amr": [
            "otp",
          ],
          "authenticatedAt": 4,
          "client": {
            "agent": null,
            "ip": null,
          },
          "clientId": null,
          "createdAt": 2,
          "epoch": 1,
          "expiresAt": 5,
          "id": "i",
          "rotatedAt": 3,
          "scope": [
            "a",
          ],
          "transport": "body",
          "userId": "u",
          "version": 2,
        },
        {
          "data": {},
          "epoch": 7,
          "expiresAt": 5,
          "id": "i",
          "purpose": "verify_email",
          "userId": null,
          "version": 3,
        },
      ]
    `);
  });
});
