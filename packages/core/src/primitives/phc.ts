import { base64, fromBase64 } from './bytes.ts';

/** A parsed PHC string: `$id[$v=version][$name=number,…]$salt$hash`, salt and hash in base64 without padding. */
export interface Phc {
  readonly id: string;
  readonly version: number | null;
  readonly params: Readonly<Record<string, number>>;
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
}

/** 512 characters hold any hash of ours four times over; a longer string is not one. */
const maxLength = 512;
const form =
  /^\$([a-z0-9-]{1,32})(?:\$v=([0-9]{1,10}))?\$([a-z0-9]{1,32}=[0-9]{1,10}(?:,[a-z0-9]{1,32}=[0-9]{1,10}){0,7})\$([A-Za-z0-9+/]{1,128})\$([A-Za-z0-9+/]{1,256})$/;

/** `null` for a foreign or broken string. */
export const parsePhc = (text: string): Phc | null => {
  if (text.length > maxLength) return null;
  const match = form.exec(text);
  if (match === null) return null;
  const [, id = '', version, params = '', salt = '', hash = ''] = match;
  const entries = params.split(',').map((pair) => pair.split('=') as [string, string]);
  const [saltBytes, hashBytes] = [fromBase64(salt), fromBase64(hash)];
  if (saltBytes === null || hashBytes === null) return null;
  return {
    id,
    version: version === undefined ? null : Number(version),
    params: Object.fromEntries(entries.map(([name, value]) => [name, Number(value)])),
    salt: saltBytes,
    hash: hashBytes,
  };
};

export const formatPhc = (phc: Phc): string => {
  const version = phc.version === null ? '' : `$v=${phc.version}`;
  const params = Object.entries(phc.params).map(([name, value]) => `${name}=${value}`);
  return `$${phc.id}${version}$${params.join(',')}$${base64(phc.salt)}$${base64(phc.hash)}`;
};
