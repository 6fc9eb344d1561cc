import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, inject, test } from 'vitest';
import { plant } from '../testing/plant.ts';
import { findPostgres, findRedis, needed, whyNoServices } from './binaries.ts';
import { temporaryFolder, until } from './child.ts';
import { startPgBouncer } from './pgbouncer.ts';
import { startPostgres } from './postgres.ts';
import { startProxy } from './proxy.ts';
import { redisCommand, startRedis } from './redis.ts';
import { startRedisCluster } from './redis-cluster.ts';
import { startRedisSentinel } from './redis-sentinel.ts';
import { onFreePort, serve } from './serve.ts';

const { missing } = inject('services');
const portOf = (url: string | null): number => Number(new URL(url ?? 'none:').port);

/** What comes back for one line, or why nothing did. */
const ask = (port: number, line: string, patienceMs = 1_000): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(line));
    const end = (answer: string): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(patienceMs, () => end('silence'));
    socket.once('data', (bytes) => end(String(bytes).trim()));
    socket.once('error', (error) => end(error.message));
    socket.once('close', () => end('cut'));
  });

test('what a variable names comes before what is installed, and nothing replaces it', () => {
  const root = plant({ 'bin/initdb': '', 'bin/postgres': '', '15/bin/initdb': '' });
  expect(findPostgres({ POSTGRES_BIN: root }, root)).toBeNull();
  expect(findPostgres({ PATH: '' }, root)).toBeNull();
  expect(findRedis({ REDIS_SERVER: `${root}/bin/initdb` })).toBeNull();
});

test('what is missing is said with the command that installs it', () => {
  const reason = whyNoServices({}, [
    ...needed.filter(() => false),
    { name: 'Redis', packages: ['redis-server'], find: () => null },
    { name: 'Postgres', packages: ['postgresql'], find: () => '/bin' },
  ]);
  expect(reason).toBe(
    'Redis not found; install: apt-get update && apt-get install -y --no-install-recommends redis-server',
  );
});

test.skipIf(missing !== null)('a run has a Postgres and a Redis of its own', async () => {
  const { postgres, redis } = inject('services');
  expect(portOf(postgres)).not.toBe(5432);
  expect(portOf(redis)).not.toBe(6379);
  expect(await ask(portOf(redis), 'PING\r\n')).toBe('+PONG');
});

test.skipIf(missing !== null)('a Redis that was killed comes back on its port with what it had on disk', async () => {
  const server = await startRedis({ settings: ['--appendonly', 'yes'] });
  await redisCommand(server.port, 'SET', 'a', '1');
  await server.kill();
  expect(await ask(server.port, 'PING\r\n')).toContain('ECONNREFUSED');
  await server.restart();
  expect(await redisCommand(server.port, 'GET', 'a')).toBe('1');
  server.pause();
  expect(await ask(server.port, 'PING\r\n', 300)).toBe('silence');
  server.resume();
  expect(await ask(server.port, 'PING\r\n')).toBe('+PONG');
  await server.stop();
  expect(await ask(server.port, 'PING\r\n')).toContain('ECONNREFUSED');
});

test.skipIf(missing !== null)('Postgres and PgBouncer start, are killed, come back and stop', async () => {
  const server = await startPostgres();
  const bouncer = await startPgBouncer({ postgresPort: server.port });
  await server.kill();
  await server.restart();
  await bouncer.stop();
  await server.stop();
  expect(await ask(server.port, 'x')).toContain('ECONNREFUSED');
  expect(await ask(bouncer.port, 'x')).toContain('ECONNREFUSED');
});

test.skipIf(missing !== null)('a cluster moves slots with their keys, and replaces a primary that dies', async () => {
  const cluster = await startRedisCluster();
  const [one, two] = cluster.primaries;
  const replica = cluster.replicas[0];
  if (one === undefined || two === undefined || replica === undefined) throw new Error('no cluster');
  const slot = Number(await redisCommand(one.port, 'CLUSTER', 'KEYSLOT', '{b}a'));
  await redisCommand(one.port, 'SET', '{b}a', 'kept');
  await cluster.moveSlots([slot, slot], one, two);
  expect(await redisCommand(two.port, 'GET', '{b}a')).toBe('kept');
  await one.kill();
  await until('the replica took over', async () =>
    (await redisCommand(replica.port, 'INFO', 'replication')).includes('role:master'),
  );
  await cluster.stop();
});

test('a port that is taken in between is left for another', async () => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  const taken = (holder.address() as AddressInfo).port;
  const asked: number[] = [];
  const server = await onFreePort((free) => {
    const port = asked.length === 0 ? taken : free;
    asked.push(port);
    const folder = temporaryFolder('listener', {});
    const listen = `require('node:net').createServer().listen(${port}, '127.0.0.1')`;
    return serve({
      ...{ name: 'a listener', folder, port, url: `tcp://127.0.0.1:${port}` },
      program: { file: process.execPath, args: ['-e', listen], cwd: folder, as: {} },
      ...{ stopSignal: 'SIGKILL', killSignal: 'SIGKILL' },
      isReady: async () => port !== taken && (await ask(port, '', 50)) === 'silence',
    });
  });
  expect([asked.length, server.port]).toEqual([2, asked[1]]);
  await server.stop();
  holder.close();
});

test.skipIf(missing !== null)('a program that never stays is given up, and says why', async () => {
  await expect(startRedis({ settings: ['--no-such-setting', 'yes'] })).rejects.toThrow(
    /ended at once:[\s\S]*no-such-setting/,
  );
});

test.skipIf(missing !== null)('sentinels replace a primary that dies', async () => {
  const { name, sentinels, primary, replica, stop } = await startRedisSentinel();
  await primary.kill();
  await until('the sentinels agree', async () =>
    (await redisCommand(sentinels[0]?.port ?? 0, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name)).includes(
      `${replica.port}`,
    ),
  );
  await stop();
});

test.skipIf(missing !== null)('a wire passes, holds, loses answers, refuses, and passes again', async () => {
  const server = await startRedis();
  const wire = await startProxy({ to: server.port });
  expect(await ask(wire.port, 'PING\r\n')).toBe('+PONG');
  wire.set('lose-answers');
  expect(await ask(wire.port, 'SET a 1\r\n')).toBe('cut');
  expect(wire.lost()).toBe(1);
  expect(await redisCommand(server.port, 'GET', 'a')).toBe('1');
  wire.set('hold');
  expect(await ask(wire.port, 'PING\r\n', 300)).toBe('silence');
  wire.set('refuse');
  expect(['cut', 'read ECONNRESET']).toContain(await ask(wire.port, 'PING\r\n'));
  wire.set('pass');
  expect(await ask(wire.port, 'PING\r\n')).toBe('+PONG');
  await wire.stop();
  await server.stop();
});
