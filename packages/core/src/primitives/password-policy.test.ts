import { type Arbitrary, array, assert, constantFrom, noBias, property, string, uint8Array } from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { base64url } from './bytes.ts';
import { commonPasswords } from './common-passwords.ts';
import { normalisePassword, passwordLength } from './password-form.ts';
import { type PasswordContext, passwordFlaws } from './password-policy.ts';

const isCommon = commonPasswords();
const context: PasswordContext = {
  minLength: passwordLength.default,
  loginKey: 'alice.smith@example.com',
  appName: 'Harbour Desk',
  isCommon,
};
const flaws = (password: string, changes: Partial<PasswordContext> = {}) =>
  passwordFlaws(password, { ...context, ...changes });

const holds = <T>(arbitrary: Arbitrary<T>, law: (value: T) => boolean, numRuns = 100): void =>
  void assert(property(arbitrary, law), { numRuns });

/** Different code points, so that length alone decides; each is two UTF-16 units and four bytes. */
const emoji = ['😀', '🐙', '🌵', '🚲', '🎻', '🍋', '🧭', '🏔', '🦉', '🪁', '🎲', '🧵', '🥁', '🚀', '🔭', '🫖'];

describe('length', () => {
  test('NIST SP 800-63B-4 §3.1.1.2: 15 by default, floor 8, 1,024 bytes', () => {
    expect(passwordLength).toEqual({ default: 15, floor: 8, maxBytes: 1024 });
  });

  test('boundary 14/15 and 7/8', () => {
    expect(flaws('tuvok likes tea')).toEqual([]);
    expect(flaws('tuvok like tea')).toEqual(['too_short']);
    expect(flaws('vdk3!plw', { minLength: 8 })).toEqual([]);
    expect(flaws('vdk3!pl', { minLength: 8 })).toEqual(['too_short']);
  });

  test.each(['', 'x', 'tea', 'kitty'])('%j is short, which is all that is said of it', (password) => {
    expect(flaws(password)).toEqual(['too_short']);
  });

  test('nothing lowers the floor of 8', () => {
    expect(flaws('vdk3!pl', { minLength: 1 })).toEqual(['too_short']);
    expect(flaws('vdk3!plw', { minLength: 1 })).toEqual([]);
  });

  test('code points are counted, not UTF-16 units: 15 emoji pass, 14 do not', () => {
    expect(flaws(emoji.slice(0, 15).join(''))).toEqual([]);
    expect(flaws(emoji.slice(0, 14).join(''))).toEqual(['too_short']);
  });

  test('PWD-10: counted after NFC, so that e and its accent are one', () => {
    const decomposed = 'cafe\u0301 de la gare'; // 16 code points as typed
    expect([...decomposed]).toHaveLength(16);
    expect(flaws(decomposed)).toEqual([]);
    expect(flaws('cafe\u0301 de la gar')).toEqual(['too_short']);
    expect(normalisePassword(decomposed)).toBe('caf\u00e9 de la gare');
  });

  test('counted before lower-casing, which makes two of some code points', () => {
    expect(flaws('İzmir bu yıl se')).toEqual([]);
    expect(flaws('İzmir bu yıl s')).toEqual(['too_short']);
  });

  test('PWD-15: neither trimmed nor folded', () => {
    expect(normalisePassword(' Pass Phrase ')).toBe(' Pass Phrase ');
    expect(flaws(' tuvok likes te')).toEqual([]);
  });

  const long = (bytes: number): string => {
    const start = 'many words that differ from one another and then some letters: ';
    return start + 'é'.repeat(Math.floor((bytes - start.length) / 2)) + 'x'.repeat((bytes - start.length) % 2);
  };

  test('PWD-04: 1,024 bytes of UTF-8 pass, 1,025 do not', () => {
    expect(new TextEncoder().encode(long(1024))).toHaveLength(1024);
    expect(flaws(long(1024))).toEqual([]);
    expect(flaws(long(1025))).toEqual(['too_long']);
    expect(flaws('x'.repeat(1025))).toEqual(['too_long']);
  });

  test('PWD-05: what is too long is neither normalised nor looked up, and beyond 1,024 units not encoded', () => {
    const normalize = vi.spyOn(String.prototype, 'normalize');
    const encode = vi.spyOn(TextEncoder.prototype, 'encode');
    const lookUp = vi.fn(() => false);
    try {
      expect(flaws(long(1025), { isCommon: lookUp })).toEqual(['too_long']);
      expect(encode).toHaveBeenCalledTimes(1);
      expect(flaws('e\u0301'.repeat(1_000_000), { isCommon: lookUp })).toEqual(['too_long']);
      expect(encode).toHaveBeenCalledTimes(1);
      expect(normalize).not.toHaveBeenCalled();
      expect(lookUp).not.toHaveBeenCalled();
    } finally {
      vi.restoreAllMocks();
    }
  });

  test('any text gets an answer', () => {
    holds(string({ unit: 'binary', maxLength: 1_100 }), (any) => Array.isArray(flaws(any)));
  });
});

describe('common', () => {
  test.each(['password', '12345678', 'qwertyuiop'])('PWD-11: %s is short and common', (password) => {
    expect(flaws(password)).toEqual(['too_short', 'common']);
    expect(flaws(password, { minLength: 8 })).toEqual(['common']);
  });

  test('a list may hold what no rule would find', () => {
    const only = 'a line from a song that everybody knows by heart';
    expect(flaws(only)).toEqual([]);
    expect(flaws(only.toUpperCase(), { isCommon: (text) => text === only })).toEqual(['common']);
  });

  test.each([
    'password1234567',
    'Password!!!!!!!',
    '!!!!!!!PASSWORD',
    '***password2024***',
    'passwordpassword',
    'Password Password 1',
    'password, Password! PASSWORD? 7',
    'password2024!?#x',
    'jennifer19850614',
    '1qaz2wsx!?#%&()',
    'princesspassword',
    'sunshine.password.2024',
  ])('PWD-11: an entry with padding, or two: %s', (password) => {
    expect(flaws(password)).toEqual(['common']);
  });

  test.each([
    'aaaaaaaaaaaaaaa',
    '😀'.repeat(15),
    'abcabcabcabcabc',
    'tiger99tiger99tiger99',
    'kittycatkittycat',
    'vdk3!plwqVDK3!PLWQ',
    'lovely tea lovely tea',
    'teateahamteateateahamtea',
    emoji.slice(0, 8).join('').repeat(2),
    'xkqpvwtxkqpvwtx',
  ])('PWD-11: a repeated unit: %s', (password) => {
    expect(flaws(password)).toEqual(['common']);
  });

  test('a unit that would do alone may be repeated', () => {
    expect(flaws('tuvok likes tea'.repeat(2))).toEqual([]);
  });

  test.each([
    '123456789012345',
    '543210987654321',
    'abcdefghijklmnop',
    'ponmlkjihgfedcba',
    'ABCDEFGHIJ123456',
    'aabbccddeeffgghh',
    '112233445566778',
    '111222333444555',
    'aaaaabbbbbccccc',
    `${'😀'.repeat(8)}${'🐙'.repeat(8)}`,
    'абвгдежзийклмноп',
  ])('a sequence: %s', (password) => {
    expect(flaws(password)).toEqual(['common']);
  });

  test.each([
    'qwertyuiopasdfgh',
    'hgfdsapoiuytrewq',
    'qwertyuiopasdfghjklzxcvbnm1234567890',
    'qweasdzxcrtyfghvbn',
    'qwertzuiopasdfgh',
    'azertyuiopqsdfgh',
    '!@#$%^&*()qwertyuiop',
    'йцукенгшщзхъфывап',
    'qwertyuioppasdfghjkll123456789001qaz2wsx3edc',
    'mnbvcxzz?%17!04#25',
    'qazwsxedcrfvtgb',
    'zaq12wsxcde34rfv',
    '1QAZ!qaz2WSX@wsx',
    '1q2w3e4r5t6y7u8i',
  ])('rows of the keyboard: %s', (password) => {
    expect(flaws(password)).toEqual(['common']);
  });

  test.each([
    'abcdefghijklmnopqrstuvwxyz',
    'абвгдежзийклмнопрстуфхцчшщъыьэюя',
    '1234567890',
    '!@#$%^&*()',
    'qwertyuiop',
    'asdfghjkl',
    'zxcvbnm',
    'йцукенгшщзхъ',
    'фывапролджэ',
    'ячсмитьбю',
    'qazwsxedcrfvtgbyhnujmik,ol.p;/',
    '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/',
    '!qaz@wsx#edc$rfv%tgb^yhn&ujm',
    '1q2w3e4r5t6y7u8i9o0p',
    'q1w2e3r4t5y6u7i8o9p0',
  ])('the row %s, there and back, without any list', (row) => {
    expect(flaws(row + [...row].reverse().join(''), { minLength: 8, isCommon: () => false })).toEqual(['common']);
  });

  test.each(['harbour-desk-2024', 'HarbourDesk1234', 'harbourharbour1!', '!!Harbour Desk!!', 'desk.password.1'])(
    'PWD-11: the name of the application: %s',
    (password) => {
      expect(flaws(password)).toEqual(['common']);
      expect(flaws(password, { appName: 'Nimbus', isCommon: () => false })).toEqual([]);
    },
  );
});

describe('contains_login', () => {
  test.each([
    'alice.smith2024!!!',
    '2024-ALICE.SMITH',
    'alice.smith@example.com',
    'alicesmith1985061',
    'smith-alice-2024',
    'example.com-2024!',
    'alice.smithpassword',
  ])('PWD-11: the login makes up the password: %s', (password) => {
    expect(flaws(password)).toEqual(['contains_login']);
    expect(flaws(password, { loginKey: null })).toEqual([]);
    expect(flaws(password, { loginKey: 'bo@nimbus.test' })).toEqual([]);
  });

  test('the login joined, whose pieces are too short to be looked for', () => {
    const loginKey = 'jo.van.dam@nimbus.test';
    expect(flaws('jovandam!2024?!!', { loginKey })).toEqual(['contains_login']);
    expect(flaws('vandalised vans of old', { loginKey })).toEqual([]);
  });

  test('the local part in dots, and an address whose sides are too short to be looked for', () => {
    expect(flaws('jo.van.dam!2024?!!', { loginKey: 'jo.van.dam@nimbus.test' })).toEqual(['contains_login']);
    expect(flaws('al@x.io!al@x.io?', { loginKey: 'al@x.io' })).toEqual(['contains_login']);
  });

  test('the longest word is taken first', () => {
    const changes = { loginKey: 'anna.annabella@x.io', isCommon: () => false };
    expect(flaws('annabella!!!2024', changes)).toEqual(['contains_login']);
  });

  test('the login and the application together', () => {
    expect(flaws('alice.smith-harbour')).toEqual(['contains_login']);
    expect(flaws('alice.smith-harbour', { appName: null })).toEqual([]);
  });

  test('a login that is on the list is worth nothing, not two', () => {
    expect(flaws('sunshine481907362508')).toEqual([]);
    expect(flaws('sunshine481907362508', { loginKey: 'sunshine@x.io' })).toEqual(['contains_login']);
  });

  test('PWD-11: the local part alone', () => {
    expect(flaws('alice', { loginKey: 'alice@example.com' })).toEqual(['too_short', 'contains_login']);
  });

  test('a name of three letters is in any prose', () => {
    expect(flaws('bob!!bob??bob##bob', { loginKey: 'bob@x.io' })).toEqual([]);
    expect(flaws('robb!robb?robb#', { loginKey: 'robb@x.io' })).toEqual(['contains_login']);
  });

  test('a login in decomposed form and capitals is found', () => {
    expect(flaws('zoé.müller!!2024', { loginKey: 'ZOE\u0301.MU\u0308LLER@x.io' })).toEqual(['contains_login']);
  });

  test('both are told where both hold; a weak password without the login is not said to contain it', () => {
    expect(flaws('sunshine1234567', { loginKey: 'sunshine@x.io' })).toEqual(['common', 'contains_login']);
    expect(flaws('password1234567')).toEqual(['common']);
  });

  test.each([
    'alice went to paris',
    'the smith of the village',
    'for example a sentence like this',
    'malice in blunderland',
  ])('a passphrase with the name inside: %s', (password) => {
    expect(flaws(password)).toEqual([]);
  });
});

describe('PWD-11: good passwords', () => {
  test.each([
    'correct horse battery staple',
    'tr0ub4dor&3 and friends',
    'football baseball superman computer',
    'jennifer and michelle',
    'i love basketball',
    'jennifer opweasty',
    'jennifer и мишель',
    'jennifer मिशेले',
    'the password is a lie',
    'liberty property students',
    'engineers were free here',
    'sunshine 4711-8823-1190-0345',
    '83017465920174639',
    '491873026415908273640185',
    'Grüße aus Köln am Rhein',
    'на берегу пустынных волн',
    '汽车在雨中慢慢开过那座老桥边',
    `${emoji.join('')} four words, a few emoji, 64 in all 🌵 plain enough`.slice(0, 80),
  ])('%s', (password) => {
    expect(flaws(password, { minLength: Math.min(15, [...password].length) })).toEqual([]);
  });

  test('64 code points with spaces and emoji', () => {
    const password = 'my 🐙 plays the 🎻 on a 🚲 while it rains lemons 🍋 over the old bay';
    expect([...password]).toHaveLength(64);
    expect(flaws(password)).toEqual([]);
  });

  const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));

  const accepted = (points: readonly string[]): boolean => flaws(points.join('')).length === 0;

  test('20 random characters', () => {
    holds(noBias(array(constantFrom(...printable, ...emoji), { minLength: 20, maxLength: 20 })), accepted, 5_000);
  });

  test('120 random bits in base64url', () => {
    const bits = noBias(uint8Array({ minLength: 15, maxLength: 15 }));
    holds(bits, (bytes) => accepted([base64url(bytes)]), 5_000);
  });
});
