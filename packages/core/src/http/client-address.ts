import type { ClientIp, HeaderSource } from '../api/request.ts';
import { type Ip, parseIp, parseNetwork } from '../primitives/network.ts';

/** The address of the client as declared; `null` = unknown. Nothing that a client can write moves it past the declared proxies. */
export type ClientAddress = (headers: HeaderSource, peer: string | null) => Ip | null;

/** A longer chain is not read to its end: no honest one comes near. */
const maxForwarded = 2_048;

export const clientAddress = (declared: ClientIp): ClientAddress => {
  if (declared === 'none') return () => null;
  if (declared === 'peer') return (_headers, peer) => parsePeer(peer);
  if ('header' in declared) {
    // Without the header the request came past the platform: whoever sent it does not get rid of its limits by that.
    return (headers, peer) => parseIp((headers.get(declared.header) ?? '').trim()) ?? parsePeer(peer);
  }
  const { forwardedFor } = declared;
  const isProxy = typeof forwardedFor === 'number' ? null : networks(forwardedFor);
  return (headers, peer) => {
    const chain = (headers.get('x-forwarded-for') ?? '').slice(-maxForwarded).split(',').reverse();
    const socket = parsePeer(peer);
    let nearest = socket;
    let hops = 0;
    for (const entry of chain) {
      // The next entry was written by `nearest`: it counts only if that one is a proxy of ours.
      const trusted = isProxy === null ? hops < Number(forwardedFor) : nearest !== null && isProxy(nearest);
      if (!trusted) return nearest;
      const ip = parseEntry(entry);
      if (ip === null) return nearest;
      nearest = ip;
      hops += 1;
    }
    return nearest;
  };
};

const networks = (list: readonly string[]): ((ip: Ip) => boolean) => {
  const known = list.map(parseNetwork).filter((network) => network !== null);
  return (ip) => known.some((network) => network(ip));
};

const parsePeer = (peer: string | null): Ip | null => (peer === null ? null : parseIp(peer.split('%', 1)[0] ?? ''));

const withPort = /^(?:\[([^\]]+)\]|([0-9.]+))(?::\d{1,5})?$/;

/** Some proxies write `192.0.2.1:4711` or `[2001:db8::1]:4711`. */
const parseEntry = (entry: string): Ip | null => {
  const text = entry.trim().replace(/^"(.*)"$/, '$1');
  const match = withPort.exec(text);
  return parseIp(match?.[1] ?? match?.[2] ?? text);
};
