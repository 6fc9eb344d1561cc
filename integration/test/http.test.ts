import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cases } from './http/cases.ts';
import { teller } from './http/story.ts';
import { bare, others, type Running, type Transport } from './http/transports.ts';
import { guardTricks, loginTricks } from './http/tricks.ts';
import type { Sent } from './http/wire.ts';

/** Started when it is asked for first, and once. */
const started = new Map<Transport, Promise<Running>>();
const start = (transport: Transport): Promise<Running> => {
  const running = started.get(transport) ?? transport.start();
  started.set(transport, running);
  return running;
};
afterAll(async () => {
  for (const running of started.values()) await (await running).close();
});

const transcript = async (transport: Transport, n: number): Promise<readonly string[]> => {
  const one = cases[n];
  if (one === undefined) throw new Error(`no case ${n}`);
  const t = teller(await start(transport), one.name, n + 1);
  await one.tell(t);
  const { habits } = transport;
  return habits === undefined ? t.told : t.told.map((told) => told.replace(`\n${habits.line}\n`, '\n'));
};

/** What the bare handler told, but where the transport answers by itself. */
const expected = ({ habits }: Transport, told: readonly string[]): readonly string[] =>
  told.map((one) => {
    const [asked = ''] = one.split('\n', 1);
    const first = habits?.first[asked];
    return first === undefined ? one : `${asked}\n${first}`;
  });

const statusOf = (told: string): number => Number(told.split('\n')[1]);

describe('the bare handler', () => {
  it.each(cases.map(({ name }, n) => [name, n] as const))('answers %s', async (_, n) => {
    expect((await transcript(bare, n)).map(statusOf)).toEqual(cases[n]?.statuses);
  });
});

describe.each(others)('$name', (transport) => {
  const reference: (readonly string[])[] = [];
  beforeAll(async () => {
    const fresh = { ...bare };
    for (const n of cases.keys()) reference.push(await transcript(fresh, n));
  });
  it.each(cases.map(({ name }, n) => [name, n] as const))('answers %s as the bare handler does', async (_, n) => {
    expect(await transcript(transport, n)).toEqual(expected(transport, reference[n] ?? []));
  });
});

describe.each([bare, ...others])('$name: tricks', (transport) => {
  const json = { 'content-type': 'application/json', origin: 'https://app.example.com' };
  const elsewhere = transport.habits === undefined ? [] : [transport.habits.redirects];

  it('no spelling of a path reaches a guarded handler', async () => {
    const { send } = await start(transport);
    const ask = (method: string, target: string, headers: Sent['headers'] = {}) =>
      send({ method, target, headers: { ...headers, 'x-test-address': '192.0.2.200' }, body: '' });
    const runs = async (): Promise<string> => (await ask('GET', '/test/runs')).body;
    const before = await runs();
    for (const target of guardTricks) {
      for (const method of ['GET', 'POST', 'HEAD']) {
        const { status, body } = await ask(method, target);
        expect([target, [400, 401, 403, 404, ...elsewhere].includes(status), body === 'in']).toEqual([
          target,
          true,
          false,
        ]);
      }
    }
    expect(await runs()).toBe(before);
  });

  it('no spelling of a route has a bucket of its own', async () => {
    const { send } = await start(transport);
    const login = (target: string, n: number) => {
      const body = JSON.stringify({ email: `trick${n}@example.com`, password: 'correct horse battery staple' });
      return send({ method: 'POST', target, headers: { ...json, 'x-test-address': '192.0.2.201' }, body });
    };
    let tries = 0;
    for (const [n, target] of loginTricks.entries()) {
      const { status, headers } = await login(target, n);
      // Not found, refused or sent elsewhere by the server; or the route itself, which counts.
      if (![400, 404, ...elsewhere].includes(status)) {
        tries += 1;
        expect([target, status]).toEqual([target, tries > 5 ? 429 : 401]);
      }
      expect(headers.filter(([name]) => name === 'set-cookie')).toEqual([]);
    }
    expect(tries > 0).toBe(transport.parses);
    for (let n = tries; n < 5; n += 1) expect((await login('/auth/login', 100 + n)).status).toBe(401);
    expect((await login('/auth/login', 200)).status).toBe(429);
  });
});
