import { utf8 } from './bytes.ts';
import { normalisePassword, passwordLength } from './password-form.ts';

/** Why a password is refused. `breached` is the answer of the breach check; all others are found here. */
export type PasswordFlaw = 'too_short' | 'too_long' | 'common' | 'breached' | 'contains_login';

export interface PasswordContext {
  /** Code points after NFC; a number below `passwordLength.floor` counts as the floor. */
  readonly minLength: number;
  readonly loginKey: string | null;
  readonly appName: string | null;
  /** Whether a lower-cased text is on the list of well-known passwords, as a whole. */
  readonly isCommon: (normalised: string) => boolean;
}

/** Every flaw that can be known without asking anyone; none for a password that may be set. There are no composition rules. */
export const passwordFlaws = (password: string, context: PasswordContext): readonly PasswordFlaw[] => {
  if (isTooLong(password)) return ['too_long'];
  const normalised = normalisePassword(password);
  const length = [...normalised].length;
  const minLength = Math.max(context.minLength, passwordLength.floor);
  const text = normalised.toLowerCase();
  const app = wordsOf(context.appName);
  const login = wordsOf(context.loginKey);
  // Half of what was asked for: "alice.smith2024!!!" is the login with padding, "alice went to paris" is a passphrase.
  const enough = Math.min(length, minLength) / 2;
  const isGuessable = (words: readonly string[]): boolean => worthOf(text, words, context.isCommon) < enough;

  const flaws: PasswordFlaw[] = [];
  if (length < minLength) flaws.push('too_short');
  if (context.isCommon(text) || isRepeated(text, minLength) || isGuessable(app)) flaws.push('common');
  if (login.some((word) => text.includes(word)) && isGuessable([...login, ...app])) flaws.push('contains_login');
  return flaws;
};

/** A UTF-16 unit is a byte or more, so most of what is too long is never encoded, and none of it is normalised. */
const isTooLong = (password: string): boolean =>
  password.length > passwordLength.maxBytes || utf8(password).length > passwordLength.maxBytes;

/**
 * How many code points of a password a guesser who knows the list, the words and the keyboard has to find. One pass:
 * a word of the context is worth nothing, a run one; an entry of the list is worth two, once (one of 3,000 is 11.6 bits,
 * two printable characters are 13), so that four of them still make a passphrase. Beside a word, an entry or a long run,
 * digits and punctuation are the usual padding and count half.
 */
const worthOf = (text: string, words: readonly string[], isCommon: (text: string) => boolean): number => {
  const byLength = [...words].sort((a, b) => b.length - a.length);
  const entries = new Set<string>();
  let named = false;
  let letters = 0;
  let others = 0;
  let at = 0;
  while (at < text.length) {
    const run = runAt(text, at);
    const entry = entryAt(text, at, isCommon);
    const word = byLength.find((candidate) => text.startsWith(candidate, at)) ?? '';
    at += Math.max(run.length, entry.length, word.length);
    if (word !== '' || entry !== '' || run.length >= longRun) named = true;
    if (word.length >= Math.max(run.length, entry.length)) continue;
    if (entry.length > run.length) entries.add(entry);
    else if (letter.test(run)) letters += 1;
    else others += 1;
  }
  return letters + 2 * entries.size + (named ? others / 2 : others);
};

const letter = /^[\p{L}\p{M}]/u;

/** Two alphabets; the rows of two keyboards (QWERTZ and AZERTY differ by a key or two a row); columns; two rows in zigzag. */
const rows = `abcdefghijklmnopqrstuvwxyz
абвгдежзийклмнопрстуфхцчшщъыьэюя
1234567890
!@#$%^&*()
qwertyuiop
asdfghjkl
zxcvbnm
йцукенгшщзхъ
фывапролджэ
ячсмитьбю
qazwsxedcrfvtgbyhnujmik,ol.p;/
1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/
!qaz@wsx#edc$rfv%tgb^yhn&ujm
1q2w3e4r5t6y7u8i9o0p
q1w2e3r4t5y6u7i8o9p0`;
const shortestRun = 3;
const longRun = 8;

/**
 * The run that starts here: one character again and again, or one row followed to the left or to the right, each key
 * once or more (`aabbcc`). Where there is none, the one code point that stands here.
 */
const runAt = (text: string, start: number): string => {
  const first = codePointAt(text, start);
  let last = first;
  let onwards = first;
  let backwards = first;
  let count = 1;
  let end = start + first.length;
  while (end < text.length) {
    const next = codePointAt(text, end);
    if (next !== last) {
      onwards += next;
      backwards = next + backwards;
      if (!rows.includes(onwards) && !rows.includes(backwards)) break;
    }
    last = next;
    count += 1;
    end += next.length;
  }
  return count < shortestRun ? first : text.slice(start, end);
};

const codePointAt = (text: string, at: number): string => String.fromCodePoint(text.codePointAt(at) ?? 0);

/** No entry of the list is shorter than the floor or longer than this, which keeps the search for one linear. */
const longestEntry = 24;

const entryAt = (text: string, start: number, isCommon: (text: string) => boolean): string => {
  for (let length = Math.min(longestEntry, text.length - start); length >= passwordLength.floor; length -= 1) {
    const candidate = text.slice(start, start + length);
    if (isCommon(candidate)) return candidate;
  }
  return '';
};

/** Parts below this length are found in any prose. */
const shortestWord = 4;
const separators = /[^\p{L}\p{M}\p{N}]+/u;

/** What stands for a login or a name: what is left and right of the at sign, as it is, without its separators, in pieces. */
const wordsOf = (name: string | null): readonly string[] => {
  const sides = (name ?? '').normalize('NFC').toLowerCase().split('@');
  const pieces = sides.flatMap((side) => [side.split(separators).join(''), ...side.split(separators)]);
  return [...sides, ...pieces].filter((word) => word.length >= shortestWord);
};

/**
 * Written again and again, with up to one character between, a text is no longer than itself: it has to reach `minLength`
 * alone. The smallest period of a text is its length less its longest border (Knuth, Morris, Pratt 1977).
 */
const isRepeated = (text: string, minLength: number): boolean => {
  const points = [...text];
  const borders = [0];
  let border = 0;
  for (let i = 1; i < points.length; i += 1) {
    while (border > 0 && points[i] !== points[border]) border = borders[border - 1] ?? 0;
    if (points[i] === points[border]) border += 1;
    borders.push(border);
  }
  const period = points.length - border;
  return points.length > 1 && period < minLength && 2 * period <= points.length + 1;
};
