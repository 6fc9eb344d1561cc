// @ts-check

/** The pages are in English; whoever reads another kind of English, or another language, gets dates without a puzzle. */
const locale = navigator.languages.find((language) => language.startsWith('en-')) ?? 'en-GB';
const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
const day = new Intl.DateTimeFormat(locale, { dateStyle: 'long' });
const clockTime = new Intl.DateTimeFormat(locale, { timeStyle: 'short' });

/** @type {readonly (readonly [Intl.RelativeTimeFormatUnit, number])[]} */
const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/**
 * "3 hours ago". A server whose clock is ahead of this browser's does not send us to the future.
 * @param {number} at
 * @returns {string}
 */
export const ago = (at) => {
  const passed = Math.max(0, Date.now() - at);
  const [unit, length] = units.find(([, ms]) => passed >= ms) ?? ['second', 0];
  return length === 0 ? 'just now' : relative.format(-Math.floor(passed / length), unit);
};

/**
 * "in 3 minutes", never sooner than asked.
 * @param {number} seconds
 * @returns {string}
 */
export const inSeconds = (seconds) => {
  const [unit, length] = units.find(([, ms]) => seconds * 1_000 >= ms) ?? ['second', 1_000];
  return relative.format(Math.ceil((seconds * 1_000) / length), unit);
};

/**
 * @param {number} at
 * @returns {string}
 */
export const dateOf = (at) => day.format(at);

/**
 * @param {number} at
 * @returns {string}
 */
export const clockTimeOf = (at) => clockTime.format(at);
