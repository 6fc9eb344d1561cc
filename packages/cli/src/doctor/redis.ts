import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { ProblemError, UsageError } from '../command.ts';
import { type Finding, judged } from './report.ts';

const patienceMs = 5_000;

/** Four questions do not need a client: RESP2, one request at a time, and every answer is one text or one error. */
export const redisFindings = async (url: string): Promise<readonly Finding[]> => {
  const socket = await open(parsed(url));
  try {
    const ask = asker(socket);
    const { username, password } = parsed(url);
    if (password !== '') {
      await ask(['AUTH', ...(username === '' ? [] : [decodeURIComponent(username)]), decodeURIComponent(password)]);
    }
    const [server, memory] = [await ask(['INFO', 'server']), await ask(['INFO', 'memory'])];
    const version = field(server, 'valkey_version') ?? field(server, 'redis_version') ?? '0';
    const name = field(server, 'valkey_version') === null ? 'Redis' : 'Valkey';
    const policy = field(memory, 'maxmemory_policy') ?? 'unknown';
    return [
      judged('redis_version', Number.parseInt(version, 10) >= 7, [`${name} ${version}`, `${name} ${version}`]),
      judged('redis_eviction', policy === 'noeviction', [
        'maxmemory-policy noeviction',
        `maxmemory-policy ${policy}: an evicted limit is a limit that was reset`,
      ]),
    ];
  } finally {
    socket.destroy();
  }
};

const parsed = (url: string): URL => {
  const found = URL.canParse(url) ? new URL(url) : null;
  if (found === null || !['redis:', 'rediss:'].includes(found.protocol)) {
    throw new UsageError('--redis and REDIS_URL take redis://user:password@host:6379 or rediss://…');
  }
  return found;
};

const open = ({ protocol, hostname, port }: URL): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const at = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 6379) };
    const isTls = protocol === 'rediss:';
    const socket = isTls ? connectTls({ ...at, servername: at.host }) : connectTcp(at);
    socket.setTimeout(patienceMs, () => socket.destroy(new Error(`no answer within ${patienceMs / 1_000} s`)));
    socket.once('error', (error) => reject(new ProblemError(`Redis does not answer: ${error.message}`)));
    socket.once(isTls ? 'secureConnect' : 'connect', () => resolve(socket));
  });

type Ask = (words: readonly string[]) => Promise<string>;

const asker =
  (socket: Socket): Ask =>
  (words) =>
    new Promise((resolve, reject) => {
      let buffer = Buffer.alloc(0);
      const end = (settle: () => void): void => {
        socket.off('data', onData);
        socket.off('close', onClose);
        settle();
      };
      const onClose = (): void => end(() => reject(new ProblemError('Redis closed the connection')));
      const onData = (chunk: Buffer): void => {
        buffer = Buffer.concat([buffer, chunk]);
        const reply = replyIn(buffer);
        if (reply === null) return;
        if (reply.ok) end(() => resolve(reply.text));
        else end(() => reject(new ProblemError(`Redis answers ${words[0]} with: ${reply.text}`)));
      };
      socket.on('data', onData);
      socket.on('close', onClose);
      const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
      socket.write(`*${words.length}\r\n${parts.join('')}`);
    });

/** `null` = not whole yet. */
const replyIn = (buffer: Buffer): { readonly ok: boolean; readonly text: string } | null => {
  const end = buffer.indexOf('\r\n');
  if (end < 0) return null;
  const [kind, head] = [buffer.toString('latin1', 0, 1), buffer.toString('utf8', 1, end)];
  if (kind !== '$') return { ok: kind !== '-', text: head };
  const length = Number(head);
  const from = end + 2;
  return buffer.length < from + length + 2 ? null : { ok: true, text: buffer.toString('utf8', from, from + length) };
};

const field = (info: string, name: string): string | null =>
  new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? null;
