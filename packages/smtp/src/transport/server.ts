import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';

export interface SmtpServer {
  readonly host: string;
  /** 587, or 465 with `tls: 'implicit'`. */
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
}

/**
 * `implicit`: from the first byte (port 465). `starttls`: by an upgrade before anything is said; no upgrade, no mail.
 * `none`: in clear. Which one is decided here and not by what a server offers, so there is nothing to fall back to.
 */
export type Tls = 'implicit' | 'starttls' | 'none';

export interface Target {
  readonly host: string;
  readonly port: number;
  readonly tls: Tls;
  readonly auth: { readonly user: string; readonly pass: string } | null;
}

/** `null` for what is no server. */
export const targetOf = (server: SmtpServer, tls: Tls | null): Target | null => {
  const { host, port = tls === 'implicit' ? 465 : 587, user, password } = server;
  const name = typeof host === 'string' ? hostOf(host) : '';
  const isPort = Number.isInteger(port) && port > 0 && port < 65_536;
  const isWhole = [user, password].every((part) => part === undefined) || [user, password].every(isText);
  if (name === '' || !isPort || !isWhole) return null;
  const auth = user === undefined || password === undefined ? null : { user, pass: password };
  return { host: name, port, tls: tls ?? usual(name, port), auth };
};

/** `smtp://` or `smtps://`, user and password percent-encoded, and nothing after the port; `null` for anything else. */
export const parseUrl = (text: string): { readonly server: SmtpServer; readonly tls: Tls | null } | null => {
  try {
    const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(text);
    if (!/^smtps?:$/.test(protocol) || !/^\/?$/.test(pathname) || `${search}${hash}` !== '') return null;
    const tls = protocol === 'smtps:' ? 'implicit' : null;
    const server = {
      host: decodeURIComponent(hostname),
      ...(port === '' ? {} : { port: Number(port) }),
      ...(username === '' ? {} : { user: decodeURIComponent(username) }),
      ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    };
    return { server, tls };
  } catch {
    return null;
  }
};

/** This machine: what is said to it passes no network. */
export const isLoopback = (host: string): boolean =>
  host === '::1' || /^(?:.+\.)?localhost$/.test(host) || (isIP(host) === 4 && host.startsWith('127.'));

const usual = (host: string, port: number): Tls => {
  if (port === 465) return 'implicit';
  return isLoopback(host) ? 'none' : 'starttls';
};

const hostOf = (host: string): string => {
  const bare = host.replace(/^\[(.+)\]$/, '$1');
  return isIP(bare) === 0 ? domainToASCII(bare) : bare;
};

const isText = (part: unknown): boolean => typeof part === 'string' && part !== '';
