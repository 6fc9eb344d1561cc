import { type ClientRequest, type IncomingMessage, request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import type { LyingProvider } from './lying-provider.ts';
import type { Mail, Target } from './target.ts';
import { Unclear } from './verdict.ts';
import type { Received, Sent, Transport } from './wire.ts';

export interface ByUrl {
  /** What browsers see, where a proxy stands between; default: the origin of the URL. */
  readonly origin?: string;
  /** Hosts beside this computer that may be attacked: names or addresses, exactly as in the URL. */
  readonly allow?: readonly string[];
  /** Whoever sets it says that the target is theirs to attack. */
  readonly ownThis?: boolean;
  /** How the suite reads mails: a function, or the URL (or path) of a JSON list of `{ to, url?, text? }`. */
  readonly outbox?: string | (() => readonly Mail[] | Promise<readonly Mail[]>);
  /** Resolves when the work that outlives answers is done; default: a pause of 40 ms. */
  readonly settle?: () => Promise<void>;
  readonly work?: () => number;
  readonly advance?: (ms: number) => void;
  /** Default: this computer's. */
  readonly now?: () => number;
  readonly provider?: LyingProvider;
  /** The application is told addresses by a header (`profile.addressHeader`): all of them count as the attacker's. */
  readonly trustsAddressHeader?: boolean;
  /** How long one answer may take, to its last byte; default 10 s. */
  readonly answerMs?: number;
}

const loopbackName = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

export const isLoopback = (url: URL): boolean => loopbackName.test(url.hostname);

export const isAllowed = (url: URL, { allow = [], ownThis = false }: Pick<ByUrl, 'allow' | 'ownThis'>): boolean =>
  isLoopback(url) || ownThis || allow.includes(url.hostname) || allow.includes(url.host);

/** Throws a `TypeError` for what is neither on this computer nor allowed by name. */
export const checkAllowed = (url: URL, { allow = [], ownThis = false }: Pick<ByUrl, 'allow' | 'ownThis'>): void => {
  if (!/^https?:$/.test(url.protocol)) throw new TypeError(`only http and https can be attacked, not ${url.protocol}`);
  if (isAllowed(url, { allow, ownThis })) return;
  throw new TypeError(`${url.hostname} is not this computer: name it in \`allow\`, or say that it is yours to attack`);
};

/** More than any page, and than the mails of a whole run. */
const mostBytes = 64 * 1_048_576;
const quietMs = 40;

/** A running application. Connects to nothing but its host, follows no redirect, and asks no name server for another. */
export const byUrl = async (address: string, options: ByUrl = {}): Promise<Target> => {
  const url = new URL(address);
  checkAllowed(url, options);
  const {
    outbox,
    settle = () => pause(quietMs),
    work,
    advance,
    trustsAddressHeader = false,
    answerMs = 10_000,
  } = options;
  const local = isLoopback(url) && (await hasLocalAddresses(url, answerMs));
  return {
    origin: options.origin ?? url.origin,
    send: transport(url, { local, answerMs }),
    mails:
      outbox === undefined
        ? null
        : async () => (typeof outbox === 'function' ? outbox() : readOutbox(url, outbox, { ...options, answerMs })),
    settle,
    work: work ?? null,
    advance: advance ?? null,
    now: options.now ?? Date.now,
    hasAddresses: local || trustsAddressHeader,
    provider: options.provider ?? null,
  };
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** 127.0.0.0/8 is this computer: an address of it for every browser. */
const localAddress = (n: number): string => `127.${64 + ((n >> 16) & 63)}.${(n >> 8) & 255}.${n & 255 || 1}`;

const transport =
  (url: URL, { local, answerMs }: { readonly local: boolean; readonly answerMs: number }): Transport =>
  (sent) =>
    exchange(url, sent, { answerMs, ...(local ? { localAddress: localAddress(sent.address), family: 4 } : {}) });

/** Not every system gives the whole of 127.0.0.0/8 to its loopback. */
const hasLocalAddresses = (url: URL, answerMs: number): Promise<boolean> =>
  exchange(
    url,
    { method: 'GET', path: '/', headers: [], body: null, address: 1 },
    { answerMs, localAddress: localAddress(258), family: 4 },
  ).then(
    () => true,
    () => false,
  );

interface Way {
  readonly answerMs: number;
  readonly localAddress?: string;
  readonly family?: 4;
}

const exchange = (url: URL, { method, path, headers, body }: Sent, { answerMs, ...way }: Way): Promise<Received> =>
  new Promise((resolve, reject) => {
    const lines = Object.fromEntries(headers);
    if (body !== null)
      lines['content-length'] = String(typeof body === 'string' ? Buffer.byteLength(body) : body.length);
    const isHttps = url.protocol === 'https:';
    const options = {
      ...way,
      ...{ host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: url.port || (isHttps ? 443 : 80), method, path },
      ...{ headers: lines, agent: false },
      // A server on this computer has a certificate that it has signed itself.
      ...(isHttps ? { rejectUnauthorized: !isLoopback(url) } : {}),
    };
    let asked: ClientRequest;
    const fail = (error: Error): void => {
      clearTimeout(timer);
      reject(error);
      asked.destroy();
    };
    // Of the whole exchange: a byte now and then is no answer.
    const timer = setTimeout(() => fail(new Error(`no answer within ${answerMs} ms`)), answerMs);
    const take = (response: IncomingMessage): void => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      const done = (): void => {
        clearTimeout(timer);
        asked.destroy();
        resolve({
          status: response.statusCode ?? 0,
          headers: pairsOf(response.rawHeaders),
          body: Buffer.concat(chunks).toString(),
        });
      };
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > mostBytes) fail(new Unclear(`the answer to ${method} ${path} has more than ${mostBytes} bytes`));
      });
      response.once('end', done);
      response.once('error', done);
    };
    asked = (isHttps ? overHttps : overHttp)(options, take);
    asked.on('error', fail);
    asked.end(body ?? undefined);
  });

const pairsOf = (raw: readonly string[]): readonly (readonly [string, string])[] =>
  raw.flatMap((name, i) => (i % 2 === 0 ? [[name.toLowerCase(), raw[i + 1] ?? ''] as const] : []));

const readOutbox = async (target: URL, outbox: string, options: ByUrl & Way): Promise<readonly Mail[]> => {
  const url = new URL(outbox, target);
  checkAllowed(url, options);
  const { answerMs } = options;
  const answer = await exchange(
    url,
    { method: 'GET', path: url.pathname + url.search, headers: [], body: null, address: 1 },
    { answerMs },
  );
  const mails: unknown = answer.status === 200 ? JSON.parse(answer.body) : null;
  if (!Array.isArray(mails)) throw new Error(`the outbox answered ${answer.status}, without a list`);
  return mails.filter((one): one is Mail => typeof one === 'object' && one !== null && typeof one.to === 'string');
};
