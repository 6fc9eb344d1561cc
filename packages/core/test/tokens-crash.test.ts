import { describe, expect, it } from 'vitest';
import { type Stores, seconds } from '../src/index.ts';
import { crashAt, goodPassword, otherPassword, type TestAnswer, testClock, type World } from './harness.ts';
import { areInMemory, freshStores } from './stores.ts';
import { type Program, program, tokenWorld } from './tokens.ts';

/** A process dies before or after each of its store calls; then the user's next move, on another one. */
const email = 'alice@example.org';

interface Stage {
  readonly inner: Stores;
  /** What the owner holds: a family that has rotated once, and the token that was spent by it. */
  readonly own: Program;
  readonly spent: string;
}

interface Flow {
  readonly name: string;
  readonly success: number;
  act(stage: Stage, dying: Program): Promise<TestAnswer>;
  /** `w` is alive; `answer` is what the dying process said. */
  next(stage: Stage, w: World, answer: TestAnswer): Promise<void>;
}

const adopt = (w: World, { accessToken, refreshToken }: Program): Program =>
  Object.assign(program(w.auth), { accessToken, refreshToken });

/** Every live family of the user; none is half there. */
const families = async ({ inner }: Stage) => {
  const userId = (await inner.users.findByLoginKey(email))?.id ?? '';
  return inner.ephemeral.open('refresh').listByUser(userId);
};

const flows: readonly Flow[] = [
  {
    name: 'RT-12: refresh',
    success: 200,
    act: (stage, dying) => adoptInto(dying, stage.own).refresh(),
    next: async (stage, w) => {
      // Whatever was lost, the same token asked again within the window goes on.
      const again = adopt(w, stage.own);
      expect((await again.refresh()).status).toBe(200);
      w.clock.advance(seconds(11));
      expect((await again.refresh()).status).toBe(200);
      expect(await families(stage)).toHaveLength(1);
    },
  },
  {
    name: 'theft',
    success: 401,
    act: (stage, dying) => dying.refresh(stage.spent),
    next: async (stage, w) => {
      await adopt(w, stage.own).refresh(stage.spent);
      expect(await families(stage)).toEqual([]);
      expect((await adopt(w, stage.own).refresh()).body.code).toBe('session_revoked');
    },
  },
  {
    name: 'login',
    success: 200,
    act: (_stage, dying) => dying.login(email),
    next: async (stage, w) => {
      const again = program(w.auth);
      expect((await again.login(email)).status).toBe(200);
      expect((await again.ask('GET', '/session')).body.user.email).toBe(email);
      expect((await adopt(w, stage.own).refresh()).status).toBe(200);
    },
  },
  {
    name: 'revoke',
    success: 204,
    act: (stage, dying) => dying.send('POST', '/revoke', { refreshToken: stage.own.refreshToken }),
    next: async (stage, w) => {
      const { status } = await program(w.auth).send('POST', '/revoke', { refreshToken: stage.own.refreshToken });
      expect(status).toBe(204);
      expect(await families(stage)).toEqual([]);
    },
  },
  {
    name: 'logout',
    success: 204,
    act: (stage, dying) => adoptInto(dying, stage.own).ask('POST', '/logout', {}),
    next: async (stage, w) => {
      expect((await adopt(w, stage.own).ask('POST', '/logout', {})).status).toBe(204);
      expect(await families(stage)).toEqual([]);
    },
  },
  {
    name: 'step-up',
    success: 200,
    act: (stage, dying) => adoptInto(dying, stage.own).ask('POST', '/step-up', { password: goodPassword }),
    next: async (stage, w, answer) => {
      if (answer.status === 200) {
        const renewed = Object.assign(program(w.auth), { accessToken: answer.body.accessToken });
        expect((await renewed.ask('GET', '/session')).status).toBe(200);
      }
      // Still signed in as before, or out: never in two families.
      expect((await families(stage)).length).toBeLessThan(2);
      expect((await program(w.auth).login(email)).status).toBe(200);
    },
  },
  {
    name: 'change of the password',
    success: 200,
    act: (stage, dying) =>
      adoptInto(dying, stage.own).ask('POST', '/change-password', { current: goodPassword, password: otherPassword }),
    next: async (stage, w, answer) => {
      const login = async (password: string) =>
        (await program(w.auth).send('POST', '/login', { email, password, transport: 'body' })).status;
      const changed = (await login(otherPassword)) === 200;
      if (answer.status === 200) expect(changed).toBe(true);
      if (!changed) expect(await login(goodPassword)).toBe(200);
      // The old family lives with the old password alone.
      expect((await adopt(w, stage.own).refresh()).status).toBe(changed ? 401 : 200);
    },
  },
];

const adoptInto = (target: Program, { accessToken, refreshToken }: Program): Program =>
  Object.assign(target, { accessToken, refreshToken });

const begin = async (w: World, inner: Stores): Promise<Stage> => {
  await w.confirmed(email);
  const own = program(w.auth);
  await own.login(email);
  const spent = own.refreshToken;
  w.clock.advance(seconds(11));
  await own.refresh();
  w.clock.advance(seconds(11));
  await w.auth.drain();
  return { inner, own, spent };
};

describe.each(flows)('$name, when the process dies', (flow) => {
  it.each(areInMemory() ? (['before', 'after'] as const) : (['after'] as const))('%s each store call', async (when) => {
    let dead = 0;
    for (let n = 1; n < 40; n += 1) {
      const inner = freshStores();
      const clock = testClock();
      const healthy = tokenWorld({ inner, clock });
      const stage = await begin(healthy, inner);
      const crash = crashAt(n, when);
      const dying = tokenWorld({ inner, clock, instruments: crash });
      const answer = await flow.act(stage, program(dying.auth));
      await dying.auth.drain();
      if (!crash.fired() && when === 'before') {
        expect([n, answer.status]).toEqual([n, flow.success]);
        break;
      }
      if (when === 'after' && n > dead + 1 && answer.status === flow.success) break;
      dead = answer.status === 503 ? n : dead;
      if (answer.status === 503) expect(answer.cookies).toEqual([]);
      await flow.next(stage, healthy, answer);
      await healthy.auth.drain();
    }
    expect(dead).toBeGreaterThan(0);
  });
});
