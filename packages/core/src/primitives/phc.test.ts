import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPhc, type Phc, parsePhc } from './phc.ts';

const name = fc.stringMatching(/^[a-z][a-z0-9]{0,7}$/);
const whole = fc.nat(9_999_999);
const phc: fc.Arbitrary<Phc> = fc.record({
  id: fc.stringMatching(/^[a-z0-9-]{1,32}$/),
  version: fc.option(whole),
  params: fc
    .uniqueArray(fc.tuple(name, whole), { minLength: 1, maxLength: 8, selector: ([key]) => key })
    .map((pairs) => Object.fromEntries(pairs)),
  salt: fc.uint8Array({ minLength: 1, maxLength: 32 }),
  hash: fc.uint8Array({ minLength: 1, maxLength: 64 }),
});

const known = '$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$' as const;

describe('PHC strings', () => {
  it('go there and back', () => {
    fc.assert(
      fc.property(phc, (given) => {
        const text = formatPhc(given);
        expect(parsePhc(text)).toEqual(given);
        expect(text).not.toContain('=$');
      }),
    );
  });

  it('reads the Argon2id of every other implementation', () => {
    const read = parsePhc(`${known}${'A'.repeat(43)}`);
    expect(read).toEqual({
      id: 'argon2id',
      version: 19,
      params: { m: 19456, t: 2, p: 1 },
      salt: Uint8Array.from({ length: 16 }, (_, i) => i),
      hash: new Uint8Array(32),
    });
  });

  it('answers null, and never throws, for whatever is no PHC string', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ maxLength: 80 }),
          fc.string().map((text) => `$${text}`),
        ),
        (text) => {
          const read = parsePhc(text);
          if (read !== null) expect(formatPhc(read).replace(/\$v=0*/, '')).toBe(text.replace(/\$v=0*/, ''));
        },
      ),
    );
  });

  it.each([
    '',
    '$',
    '$2b$12$invalidhashtopreventtiming',
    '$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW',
    `${known}`,
    `${known}AA==`,
    `${known}AAAA\n`,
    ` ${known}AAAA`,
    `${known}AAAA$AAAA`,
    `${known}AA\0A`,
    `${known}AA-_`,
    '$argon2id$v=19$m=,t=2,p=1$AAAA$AAAA',
    '$argon2id$v=19$m=-1,t=2,p=1$AAAA$AAAA',
    '$argon2id$v=19$m=1e9,t=2,p=1$AAAA$AAAA',
    '$argon2id$v=19$m=99999999999,t=2,p=1$AAAA$AAAA',
    `$argon2id$v=19$${Array.from({ length: 9 }, (_, i) => `p${i}=1`).join(',')}$AAAA$AAAA`,
    `$argon2id$v=19$m=1$${'A'.repeat(128)}$${'A'.repeat(512)}`,
  ])('refuses %j', (text) => {
    expect(parsePhc(text)).toBeNull();
  });

  it('INJ-05: a parameter that is named like a member of every object is a parameter', () => {
    const read = parsePhc('$x$constructor=1,valueof=2$AAAA$AAAA');
    expect(Object.entries(read?.params ?? {})).toEqual([
      ['constructor', 1],
      ['valueof', 2],
    ]);
  });
});
