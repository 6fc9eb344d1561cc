import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { application, origin } from '../mutants/app.ts';
import {
  type Attack,
  attacks,
  byUrl,
  defaultBounds,
  inProcess,
  runAttacks,
  sallyport,
  type Target,
} from '../src/index.ts';
import { meter } from '../src/meter.ts';

const profile = sallyport();
const running: Server[] = [];
afterAll(() => {
  for (const server of running) {
    server.closeAllConnections();
    server.close();
  }
});

const serve = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener);
  running.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const attack = (id: string, run: Attack['run']): Attack => ({
  ...{ id, class: 'framework', title: `tries ${id}`, claim: `${id} holds.` },
  run,
});
const fine = (id: string): Attack => attack(id, async () => 'fine');
const get = { method: 'GET', path: '/', headers: [], body: null, address: 1 };

describe('whatever a target does, an attack ends', () => {
  it('a handler whose promise never resolves', async () => {
    const target = inProcess({ origin, handle: () => new Promise(() => {}) });
    const { results, incomplete } = await runAttacks({ profile, target, only: ['SES-09'], bounds: { attackMs: 20 } });
    expect(results).toMatchObject([{ verdict: 'inconclusive', detail: 'stopped after 20 ms' }]);
    expect(incomplete).not.toBeNull();
  });

  it('a run that is over in the middle of an attack', async () => {
    const target = inProcess({ origin, handle: () => new Promise(() => {}) });
    const { results, incomplete } = await runAttacks({
      profile,
      target,
      attacks: [fine('A-1')],
      bounds: { runMs: 20 },
    });
    expect(results).toMatchObject([{ verdict: 'inconclusive', detail: 'stopped: the run has taken its 20 ms' }]);
    expect(incomplete).toBe('the run was cut short by its bounds');
  });

  it('and what it has left behind asks for nothing more', async () => {
    const turn = meter(defaultBounds).begin();
    await turn?.tick();
    expect(await turn?.within(async () => 'fine')).toBe('fine');
    await expect(turn?.tick()).rejects.toThrow('the attack is over');
  });

  it('an answer that never ends, a byte now and then', async () => {
    const url = await serve((req, res) => {
      if (req.url === '/') return void res.end('x');
      res.writeHead(200);
      const drip = setInterval(() => res.write(' '), 5);
      res.on('close', () => clearInterval(drip));
    });
    const target = await byUrl(url, { answerMs: 150 });
    await expect(target.send({ ...get, path: '/drip' })).rejects.toThrow('no answer within 150 ms');
    expect((await target.send(get)).body).toBe('x');
  });

  it('an answer without measure', async () => {
    let closed = 0;
    const url = await serve((req, res) => {
      if (req.url === '/') return void res.end('x');
      res.on('close', () => {
        closed += 1;
      });
      const piece = Buffer.alloc(1 << 20);
      const pour = (): void => {
        while (!res.destroyed && res.write(piece));
      };
      res.on('drain', pour);
      pour();
    });
    const target = await byUrl(url);
    await expect(target.send({ ...get, path: '/flood' })).rejects.toThrow('has more than 67108864 bytes');
    await expect.poll(() => closed).toBe(1);
  });
});

describe('a run that tells too little says so', () => {
  const runOf = async (own: readonly Attack[], more: Partial<Parameters<typeof runAttacks>[0]> = {}) =>
    runAttacks({ profile, target: () => application(), attacks: own, ...more });
  const unclear = (id: string): Attack =>
    attack(id, async () => {
      throw new RangeError('a bug of the attack');
    });

  it('and nothing where it tells enough', async () => {
    const own = [fine('A-1'), fine('A-2'), fine('A-3'), unclear('A-4')];
    expect((await runOf(own)).incomplete).toBeNull();
  });

  it('when more than a quarter is inconclusive, without what does not apply', async () => {
    const own = [fine('A-1'), fine('A-2'), fine('A-3'), unclear('A-4')];
    expect((await runOf(own, { skip: { 'A-1': 'not here' } })).incomplete).toBe(
      '1 of 3 attacks that were tried tell nothing, more than 25 in 100',
    );
  });

  it('when its bounds were used up', async () => {
    const own = ['A-1', 'A-2', 'A-3', 'A-4', 'A-5', 'A-6', 'A-7', 'A-8'].map(fine);
    const all = await runOf(own);
    expect(all.incomplete).toBeNull();
    expect((await runOf(own, { bounds: { requests: all.requests - 1 } })).incomplete).toBe(
      'the run was cut short by its bounds',
    );
  });

  it('when the target has stopped answering, which is then left alone', async () => {
    const good = application();
    let isDown = false;
    let sent = 0;
    const send: Target['send'] = async (request) => {
      if (!isDown) return good.send(request);
      sent += 1;
      throw new Error('down');
    };
    const kills = attack('A-20', async () => {
      isDown = true;
      return 'fine';
    });
    const before = Array.from({ length: 20 }, (_, i) => fine(`A-${i}`));
    const after = attacks.slice(0, 40);
    const { results, incomplete } = await runOf([...before, kills, ...after], { target: { ...good, send } });
    expect(results.filter(({ verdict }) => verdict === 'held')).toHaveLength(20);
    expect(incomplete).toBe('the target has stopped answering');
    expect(sent).toBe(3);
    expect(results.at(-1)).toMatchObject({ verdict: 'inconclusive', requests: 0 });
    isDown = false;
    expect((await runOf([...before, kills], { target: { ...good, send } })).incomplete).toBe(
      'the target has stopped answering',
    );
  });
});
