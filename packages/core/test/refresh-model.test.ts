import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seconds } from '../src/index.ts';
import { decideRefresh, type FamilyState, type RefreshOutcome } from '../src/primitives/refresh-decision.ts';
import { type Program, program, testSigner, tokenWorld } from './tokens.ts';

/**
 * The state machine of `docs/reference/refresh-tokens.md`, checked three times: the decision alone, every schedule of two
 * clients up to a bound; the same decision under random schedules; and the real flow against a model of a few lines.
 */
const graceMs = seconds(10);
const far = 1e12;

const family = (version: number, rotatedAt: number): FamilyState => ({
  ...{ version, rotatedAt, expiresAt: far, absoluteExpiresAt: far, transport: 'body', clientId: null },
});
const ask = (state: FamilyState | null, generation: number, now: number, grace = graceMs): RefreshOutcome =>
  decideRefresh(state, { generation, transport: 'body', clientId: null }, now, grace);

/** What the row and the clocks are. `null` = ended. */
interface Row {
  readonly version: number;
  readonly rotatedAt: number;
}

/** A client: the generation that it holds, and where it is in a refresh. */
interface Client {
  readonly holds: number;
  /** Sent `generation` at `at`; after the read it knows the row that it read. */
  readonly flight: { readonly generation: number; readonly at: number; readonly read: Row | null } | null;
  readonly out: boolean;
}

interface State {
  readonly now: number;
  readonly row: Row | null;
  readonly clients: readonly Client[];
}

type Step = (state: State) => State | null;

const withClient = (state: State, who: number, change: Partial<Client>): State => ({
  ...state,
  clients: state.clients.map((client, at) => (at === who ? { ...client, ...change } : client)),
});

const send =
  (who: number): Step =>
  (state) => {
    const client = state.clients[who];
    if (client === undefined || client.flight !== null || client.out) return null;
    return withClient(state, who, { flight: { generation: client.holds, at: state.now, read: null } });
  };

const read =
  (who: number): Step =>
  (state) => {
    const flight = state.clients[who]?.flight ?? null;
    if (flight === null || flight.read !== null) return null;
    return state.row === null
      ? withClient(state, who, { flight: null, out: true })
      : withClient(state, who, { flight: { ...flight, read: state.row } });
  };

/** Decides on what was read and writes; `heard` = the answer arrives. A lost compare-and-set reads again. */
const write =
  (who: number, heard: boolean): Step =>
  (state) => {
    const flight = state.clients[who]?.flight ?? null;
    if (flight === null || flight.read === null) return null;
    const outcome = ask(family(flight.read.version, flight.read.rotatedAt), flight.generation, flight.at);
    const answered = (row: Row | null, holds: number): State =>
      withClient({ ...state, row }, who, { flight: null, ...(heard ? { holds } : {}) });
    if (outcome === 'theft') return withClient({ ...state, row: null }, who, { flight: null, out: true });
    if (outcome !== 'rotate') return answered(state.row, flight.read.version);
    if (state.row === null || state.row.version !== flight.read.version)
      return withClient(state, who, { flight: { ...flight, read: null } });
    const next = { version: state.row.version + 1, rotatedAt: flight.at };
    return answered(next, next.version);
  };

const wait =
  (ms: number): Step =>
  (state) => ({ ...state, now: state.now + ms });

const begin = (clients: number): State => ({
  now: 0,
  row: { version: 1, rotatedAt: -far },
  clients: Array.from({ length: clients }, () => ({ holds: 1, flight: null, out: false })),
});

/** Every state that up to `depth` steps reach, each once; resolves with how many there were. */
const explore = (
  first: State,
  steps: readonly Step[],
  depth: number,
  check: (state: State, from: State | null) => void,
): number => {
  const seen = new Set<string>();
  let layer = [first];
  check(first, null);
  for (let n = 0; n < depth && layer.length > 0; n += 1) {
    const next: State[] = [];
    for (const state of layer) {
      for (const step of steps) {
        const reached = step(state);
        if (reached === null) continue;
        const name = JSON.stringify(reached);
        if (seen.has(name)) continue;
        seen.add(name);
        check(reached, state);
        next.push(reached);
      }
    }
    layer = next;
  }
  return seen.size;
};

/** The generations that would bring the family forward, or be given again. */
const leaves = (row: Row, now: number): readonly number[] =>
  [...Array(row.version + 3).keys()].filter((generation) =>
    ['rotate', 'replay'].includes(ask(family(row.version, row.rotatedAt), generation, now)),
  );

describe('the decision', () => {
  it('is the table of the reference', () => {
    const state = family(5, 0);
    const table = [4, 5, 6, 3].map((generation) =>
      [0, graceMs - 1, graceMs, far - 1].map((now) => ask(state, generation, now)),
    );
    expect(table).toEqual([
      ['succeed', 'succeed', 'theft', 'theft'],
      ['replay', 'replay', 'rotate', 'rotate'],
      ['ahead', 'ahead', 'ahead', 'ahead'],
      ['theft', 'theft', 'theft', 'theft'],
    ]);
    expect([4, 5].map((generation) => ask(state, generation, 0, 0))).toEqual(['theft', 'rotate']);
  });

  it('asks liveness, then the place, then the client, before any generation', () => {
    const decide = (state: Partial<FamilyState>, token: object, now = 0): RefreshOutcome =>
      decideRefresh(
        { ...family(5, -far), ...state },
        { generation: 1, transport: 'body', clientId: null, ...token },
        now,
        graceMs,
      );
    expect(decide({ expiresAt: 0 }, {})).toBe('over');
    expect(decide({ expiresAt: null }, {})).toBe('over');
    expect(decide({ absoluteExpiresAt: 0 }, {})).toBe('over');
    expect(decideRefresh(null, { generation: 1, transport: 'body', clientId: null }, 0, graceMs)).toBe('over');
    expect(decide({}, { transport: 'token', clientId: 'x' })).toBe('misplaced');
    expect(decide({}, { clientId: 'x' })).toBe('foreign');
    expect(decide({ clientId: 'x' }, {})).toBe('foreign');
  });
});

describe('every schedule of two clients', () => {
  it('one live leaf in every state, and a token that was overtaken while it waited is no theft', () => {
    const who = [0, 1];
    const steps = [
      ...who.map(send),
      ...who.map(read),
      ...who.map((one) => write(one, true)),
      ...who.map((one) => write(one, false)),
      wait(seconds(4)),
    ];
    const states = explore(begin(2), steps, 9, (state, from) => {
      if (state.row !== null) expect(leaves(state.row, state.now)).toEqual([state.row.version]);
      const grown = (state.row?.version ?? 0) - (from?.row?.version ?? 0);
      if (state.row !== null && from !== null) expect(grown === 0 || grown === 1).toBe(true);
      // Ended: never by a token that was the newest when it was sent.
      const ended = from !== null && from.row !== null && state.row === null;
      const culprit = ended ? from.clients.find(({ flight }, at) => flight !== null && state.clients[at]?.out) : null;
      if (culprit?.flight) expect(culprit.flight.generation).toBeLessThan(from?.row?.version ?? 0);
    });
    expect(states).toBeGreaterThan(3_000);
  });

  it('an honest client whose answers get lost, and who asks again within the window, is never signed out', () => {
    // One client in two tabs that share what they hold; no more than the window passes between a rotation and the retry.
    const share: Step = (state) => {
      const newest = Math.max(...state.clients.map(({ holds }) => holds));
      return { ...state, clients: state.clients.map((client) => ({ ...client, holds: newest })) };
    };
    const settled = (state: State): boolean =>
      state.row !== null &&
      state.now - state.row.rotatedAt >= graceMs - seconds(4) &&
      state.clients.some(({ holds, flight }) => holds < (state.row?.version ?? 0) || flight !== null);
    const patient: Step = (state) => (settled(state) ? null : wait(seconds(4))(state));
    const both =
      (step: Step): Step =>
      (state) => {
        const reached = step(state);
        return reached === null ? null : share(reached);
      };
    const steps = [0, 1].flatMap((who) => [...[send(who), read(who), write(who, true), write(who, false)].map(both)]);
    const states = explore(begin(2), [...steps, patient], 12, (state) => {
      expect(state.row).not.toBeNull();
      expect(state.clients.map(({ out }) => out)).toEqual([false, false]);
    });
    expect(states).toBeGreaterThan(2_000);
  });

  it('thief and owner live on together only while each refreshes inside the window of the other', () => {
    const turn =
      (who: number): Step =>
      (state) => {
        const sent = send(who)(state);
        const seen = sent === null ? null : read(who)(sent);
        if (seen === null || seen.clients[who]?.flight == null) return seen;
        return write(who, true)(seen);
      };
    explore(begin(2), [turn(0), turn(1), wait(seconds(6))], 12, (state, from) => {
      if (from === null || from.row === null || state.row === null) return;
      for (const [at, client] of from.clients.entries()) {
        const behind = from.row.version - client.holds;
        const moved = (state.clients[at]?.holds ?? 0) > client.holds;
        // Who fell behind and was served all the same, was served inside the window.
        if (moved && behind > 0) expect([behind, from.now - from.row.rotatedAt < graceMs]).toEqual([1, true]);
      }
    });
    // And outside it the first of the two to come back ends it for both.
    const late = [turn(0), wait(seconds(10)), turn(1)].reduce<State | null>(
      (state, step) => (state === null ? null : step(state)),
      begin(2),
    );
    expect(late?.row).toBeNull();
  });
});

type Command = 'owner' | 'thief' | 'lost' | 'short' | 'long' | 'back';
const commands: readonly Command[] = ['owner', 'thief', 'lost', 'short', 'long', 'back'];

/** What the table says must come of it, in a few lines of its own. */
const predict = () => {
  let row: Row | null = { version: 1, rotatedAt: 0 };
  return (generation: number, now: number): { readonly status: number; readonly generation: number } => {
    if (row === null) return { status: 401, generation };
    const inside = now < row.rotatedAt + graceMs;
    if (generation === row.version && !inside) row = { version: row.version + 1, rotatedAt: now };
    else if (generation !== row.version && !(inside && generation === row.version - 1)) {
      row = null;
      return { status: 401, generation };
    }
    return { status: 200, generation: row.version };
  };
};

const generationOf = (token: string): number =>
  Buffer.from(token.slice(token.indexOf('.') + 1), 'base64url').readUInt32BE(16);

const runner = async () => {
  const unlimited = { burst: 1_000_000 };
  const limits = Object.fromEntries(
    ['login_ip', 'login_pair', 'login_login', 'login_account'].map((name) => [name, unlimited]),
  );
  const w = tokenWorld(
    { limits },
    { keys: undefined, signer: { ...testSigner(), sign: async () => new Uint8Array(64) } },
  );
  await w.confirmed('alice@example.org');
  return async (schedule: readonly Command[]): Promise<void> => {
    const owner = program(w.auth);
    expect((await owner.login('alice@example.org')).status).toBe(200);
    const begun = w.clock.now();
    const model = predict();
    const thief: Program = { ...program(w.auth), refreshToken: owner.refreshToken };
    const turn = async (who: Program, heard: boolean): Promise<void> => {
      const token = who.refreshToken;
      const answer = await who.send('POST', '/refresh', { refreshToken: token });
      const wanted = model(generationOf(token), w.clock.now() - begun);
      expect([schedule, answer.status]).toEqual([schedule, wanted.status]);
      if (answer.status !== 200) return;
      expect([schedule, generationOf(answer.body.refreshToken)]).toEqual([schedule, wanted.generation]);
      if (heard) who.refreshToken = answer.body.refreshToken;
    };
    for (const command of schedule) {
      if (command === 'owner' || command === 'lost') await turn(owner, command === 'owner');
      else if (command === 'thief') await turn(thief, true);
      else w.clock.advance({ short: seconds(6), long: seconds(11), back: -seconds(1) }[command]);
    }
  };
};

describe('the flow', () => {
  it('does what the table says, on every schedule of three moves', async () => {
    const run = await runner();
    for (let n = 0; n < commands.length ** 3; n += 1) {
      const schedule = [0, 1, 2].flatMap((place) => commands[Math.floor(n / commands.length ** place) % 6] ?? []);
      await run(schedule);
    }
  });

  it('and on random ones, longer', async () => {
    const run = await runner();
    await fc.assert(fc.asyncProperty(fc.array(fc.constantFrom(...commands), { minLength: 5, maxLength: 30 }), run), {
      numRuns: 60,
    });
  });
});
