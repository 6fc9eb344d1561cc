const loneSurrogate = /[\uD800-\uDFFF]/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\u0000-\u001F\u007F-\u009F\u2028\u2029]/;

/** Well-formed Unicode: no lone surrogate, which no UTF-8 can carry and some databases refuse. */
export const isWellFormed = (text: string): boolean => !loneSurrogate.test(text);

/** C0 and C1 controls and the two Unicode line ends: what splits a header or a log line. */
export const hasControl = (text: string): boolean => control.test(text);

/** `text` cut to `max` UTF-16 units, controls removed: for the lists and mails that show what a client says of itself. */
export const printable = (text: string, max: number): string => {
  const cut = text.slice(0, max);
  return hasControl(cut) ? cut.replace(/[^\u0020-\u007E\u00A0-\u{10FFFF}]|[\u2028\u2029]/gu, '') : cut;
};

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
