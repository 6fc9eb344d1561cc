import { decodeBase64urlIgnorePadding, encodeBase64urlNoPadding } from '../vendor/oslo.ts';

const encoder = new TextEncoder();

export const utf8 = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text);

export const base64url = (bytes: Uint8Array): string => encodeBase64urlNoPadding(bytes);

/** `null` for anything that is not base64url; padding is optional. */
export const fromBase64url = (text: string): Uint8Array<ArrayBuffer> | null => {
  try {
    return Uint8Array.from(decodeBase64urlIgnorePadding(text));
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
