import { parseIp, parseNetwork } from './network.ts';

/** What no provider is at: RFC 6890, and the prefixes that carry such an IPv4 address inside an IPv6 one. A function, so that no bundle has it that does not call it. */
const notPublic = (): readonly string[] => [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  ...['224.0.0.0/3', '::/96', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64', '2001::/23', '2001:db8::/32'],
  ...['2002::/16', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8'],
];

const isLoopbackName = (host: string): boolean => host === 'localhost' || host.endsWith('.localhost');

/**
 * Whether a call of ours, or a browser that we send, may go there: `https:`, to a name or a public address. With `loopback`
 * also `http:` and this machine itself, for development. The URL parser has made `0177.1` and `2130706433` the `127.0.0.1`
 * that they are; which address a name stands for cannot be told here.
 */
export const isOutside = (url: URL, loopback: boolean): boolean => {
  const host = url.hostname.replace(/\.$/, '');
  const ip = parseIp(host.replace(/^\[|\]$/g, ''));
  const isHere = isLoopbackName(host) || ip?.text === '127.0.0.1' || host === '[::1]';
  if (isHere) return loopback && /^https?:$/.test(url.protocol);
  return url.protocol === 'https:' && (ip === null || !notPublic().some((text) => parseNetwork(text)?.(ip) ?? true));
};

/** The same for a text: `null` for what is no URL, has a user in it or a fragment, or leads where we do not go. */
export const outsideUrl = (text: unknown, loopback: boolean): URL | null => {
  if (typeof text !== 'string' || text.length > 2_048) return null;
  try {
    const url = new URL(text);
    return url.username === '' && url.password === '' && url.hash === '' && isOutside(url, loopback) ? url : null;
  } catch {
    return null;
  }
};
