import { base64url } from './bytes.ts';

interface Source {
  bytes(length: number): Uint8Array;
}

/** 256 random bits as 43 characters of base64url: session cookies and links (ASVS 5.0, 7.2.3 asks for 128). */
export const mintSecret = (random: Source): string => base64url(random.bytes(32));

/** 128 random bits as 22 characters of base64url: ids, and values that only bind a browser to its own request. */
export const mintId = (random: Source): string => base64url(random.bytes(16));

const secret = /^[A-Za-z0-9_-]{43}$/;
const id = /^[A-Za-z0-9_-]{22}$/;

/** The form alone; whether it is known is the store's answer. */
export const isSecret = (text: string): boolean => secret.test(text);
export const isId = (text: string): boolean => id.test(text);
