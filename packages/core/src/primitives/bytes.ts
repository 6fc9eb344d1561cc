const encoder = new TextEncoder();

/** For short ASCII, which every token and id is, a loop is quicker than a call into the platform. */
const shortText = 256;

export const utf8 = (text: string): Uint8Array<ArrayBuffer> => {
  if (text.length > shortText) return encoder.encode(text);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit > 127) return encoder.encode(text);
    bytes[at] = unit;
  }
  return bytes;
};

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const letters = [...alphabet];
/**
 * Two characters for each twelve bits: an id is encoded on every request, and by pairs it costs a third. Built without a loop that V8 would
 * find worth compiling: that takes 4 MB and 3 ms of whoever imports this.
 */
const pairs: readonly string[] = letters.flatMap((high) => letters.map((low) => high + low));

/** Base64url without padding (RFC 4648 §5). */
export const base64url = (bytes: Uint8Array): string => {
  const { length } = bytes;
  const whole = length - (length % 3);
  let text = '';
  for (let at = 0; at < whole; at += 3) {
    const b = bytes[at + 1] ?? 0;
    text += pairs[((bytes[at] ?? 0) << 4) | (b >> 4)];
    text += pairs[((b & 15) << 8) | (bytes[at + 2] ?? 0)];
  }
  if (length - whole === 1) return text + pairs[(bytes[whole] ?? 0) << 4];
  if (length - whole === 2) {
    const b = bytes[whole + 1] ?? 0;
    return text + pairs[((bytes[whole] ?? 0) << 4) | (b >> 4)] + charOf((b & 15) << 2);
  }
  return text;
};

function charOf(sextet: number): string {
  return alphabet.charAt(sextet);
}

/** `null` for anything that is not base64url; padding is optional. */
export const fromBase64url = (text: string): Uint8Array<ArrayBuffer> | null =>
  /[+/]/.test(text) ? null : fromBase64(text.replaceAll('-', '+').replaceAll('_', '/'));

/** Base64 without padding (RFC 4648 §4), as PHC strings have it. */
export const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes)).replace(/=+$/, '');

const base64Form = /^[A-Za-z0-9+/]*={0,2}$/;

/** `null` for anything that is not base64; padding is optional. The platform decodes, and is not asked about white space. */
export const fromBase64 = (text: string): Uint8Array<ArrayBuffer> | null => {
  if (!base64Form.test(text)) return null;
  try {
    const decoded = atob(text);
    const bytes = new Uint8Array(decoded.length);
    // `Uint8Array.from` walks a text by its iterator, at ten times the price: every part of a token comes through here.
    for (let at = 0; at < decoded.length; at += 1) bytes[at] = decoded.charCodeAt(at);
    return bytes;
  } catch {
    return null;
  }
};

/** Takes as long for a wrong guess as for a right one of the same length; lengths are no secret here. */
export const equalBytes = (a: Uint8Array, b: Uint8Array): boolean => {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i += 1) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
};
