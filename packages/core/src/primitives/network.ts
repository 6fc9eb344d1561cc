/** An IP address as its bytes: 4 or 16. IPv4 in IPv6 clothes (`::ffff:192.0.2.1`) is IPv4. */
export interface Ip {
  readonly bytes: readonly number[];
  readonly text: string;
}

/** No leading zero: some parsers read it as octal, and then it is another address. */
const dotted = /^(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/;
const hex6 = /^[0-9a-f:.]{2,45}$/i;

/** Reads one address; `null` for anything else, a port, a zone or brackets included. */
export const parseIp = (text: string): Ip | null => {
  if (dotted.test(text)) return { bytes: text.split('.').map(Number), text };
  if (!hex6.test(text) || !text.includes(':')) return null;
  const groups = expand(text);
  if (groups === null) return null;
  const bytes = groups.flatMap((group) => [group >> 8, group & 0xff]);
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  if (!mapped) return { bytes, text: groups.map((group) => group.toString(16)).join(':') };
  const four = bytes.slice(12);
  return { bytes: four, text: four.join('.') };
};

/** Who shares a limiter's bucket: one IPv4 address, or one IPv6 /64, which is what a single customer gets (RFC 6177). */
export const bucketOf = (ip: Ip): string =>
  ip.bytes.length === 4 ? ip.text : `${ip.text.split(':').slice(0, 4).join(':')}::/64`;

/** Reads `192.0.2.0/24`, `2001:db8::/32` or a single address; `null` for anything else. */
export const parseNetwork = (text: string): ((ip: Ip) => boolean) | null => {
  const [address = '', length, ...rest] = text.split('/');
  const ip = parseIp(address);
  if (ip === null || rest.length > 0 || (length !== undefined && !/^\d{1,3}$/.test(length))) return null;
  const bits = length === undefined ? ip.bytes.length * 8 : Number(length);
  if (bits > ip.bytes.length * 8) return null;
  return (other) => other.bytes.length === ip.bytes.length && sharePrefix(ip.bytes, other.bytes, bits);
};

const sharePrefix = (a: readonly number[], b: readonly number[], bits: number): boolean =>
  a.every((byte, index) => {
    const free = Math.min(8, Math.max(0, 8 - (bits - index * 8)));
    return byte >> free === (b[index] ?? 0) >> free;
  });

/** The platform's own parser (WHATWG URL) decides what an IPv6 address is; what is left is to write the zeros out. */
const expand = (text: string): number[] | null => {
  let host: string;
  try {
    host = new URL(`http://[${text}]`).hostname.slice(1, -1);
  } catch {
    return null;
  }
  const [head = '', tail] = host.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array<string>(8 - left.length - right.length).fill('0');
  return [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16));
};
