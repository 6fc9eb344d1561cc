import { describe, expect, it } from 'vitest';
import { type Browser, goodPassword, type Instruments, otherPassword, type World, world } from './harness.ts';
import { credentialsOf, isAlive, probe, sessionCookieOf, sessionName, sessionsOf, userOf } from './probes.ts';
import { askChange, askReset, moved } from './recovery.ts';

const owners = 'owner@example.com';
const thiefs = 'thief@evil.example';
const second = 'thief2@evil.example';
const third = 'a third phrase for later on';

/** Stops one request at its n-th store call, before or after that call is carried out, and lets every other one pass. */
interface Stop extends Instruments {
  arm(n: number, when: 'before' | 'after'): { readonly reached: Promise<string> };
  release(): void;
}
const stops = (): Stop => {
  let left = 0;
  let wanted: 'before' | 'after' | null = null;
  let reach = (_call: string): void => {};
  let release = (): void => {};
  let released: Promise<void> = Promise.resolve();
  const pass = async (call: string, when: 'before' | 'after'): Promise<void> => {
    if (when !== wanted) return;
    left -= 1;
    if (left !== 0) return;
    wanted = null;
    reach(call);
    await released;
  };
  return {
    before: (call) => pass(call, 'before'),
    after: (call) => pass(call, 'after'),
    arm: (n, when) => {
      left = n;
      wanted = when;
      released = new Promise((resolve) => {
        release = resolve;
      });
      return {
        reached: new Promise((resolve) => {
          reach = resolve;
        }),
      };
    },
    release: () => {
      wanted = null;
      release();
    },
  };
};

interface Scene {
  readonly w: World;
  readonly thief: Browser;
  readonly userId: string;
  /** What `prepare` has made. */
  readonly link: string;
}
type Act = (scene: Scene) => Promise<number>;
interface Ended extends Scene {
  readonly first: number;
  readonly other: number;
  /** The browser of the first one, with what its answer left there. */
  readonly mine: Browser;
  /** The call at which the first one stood while the other went through. */
  readonly at: string;
  readonly when: 'before' | 'after';
}

/** Every place at which the other request can come between: all of the first one's store calls, before and after each. */
const everywhere = async (
  prepare: (w: World, thief: Browser) => Promise<string>,
  acts: { readonly first: Act; readonly other: Act },
  check: (ended: Ended) => Promise<void>,
): Promise<number> => {
  let places = 0;
  for (const when of ['before', 'after'] as const) {
    for (let n = 1; n < 40; n += 1) {
      const stop = stops();
      const w = world({ instruments: stop, limits: { login_pair: { burst: 100 }, reauth: { burst: 100 } } });
      const thief = await w.signedIn(owners);
      const { id: userId } = await userOf(w, owners);
      const link = await prepare(w, thief);
      const scene = { w, thief, userId, link };
      const { reached } = stop.arm(n, when);
      const mine = thief.copy();
      const running = acts.first({ ...scene, thief: mine });
      const at = await Promise.race([reached, running.then(() => null)]);
      if (at === null) {
        stop.release();
        break;
      }
      const other = await acts.other(scene);
      stop.release();
      const first = await running;
      await w.auth.drain();
      places += 1;
      try {
        await check({ ...scene, mine, first, other, at, when });
      } catch (error) {
        throw new Error(`${when} call ${n}, ${at}: first ${first}, other ${other}: ${String(error)}`, { cause: error });
      }
    }
  }
  return places;
};

const post =
  (path: string, body: (scene: Scene) => object): Act =>
  async (scene) =>
    (await scene.thief.post(path, body(scene))).status;
const confirm = post('/change-email/confirm', ({ link }) => ({ token: link }));

/** Forgets and resets from beginning to end; 0 where no link comes. */
const forgetAndReset: Act = async ({ w }) => {
  const mails = w.outbox.length;
  await w.browser('203.0.113.9').post('/forgot-password', { email: owners });
  await w.auth.drain();
  const mail = w.outbox.slice(mails).findLast(({ type }) => type === 'reset_password');
  if (mail === undefined) return 0;
  const token = w.tokenFor(owners, 'reset_password');
  return (await w.browser('203.0.113.9').post('/reset-password', { token, password: otherPassword })).status;
};

const addressOf = async ({ w, userId }: Scene): Promise<string | null> =>
  (await w.stores.users.get(userId))?.loginKey ?? null;
const works = async (w: World, email: string, password: string): Promise<boolean> =>
  (await probe(w, '/login', { body: { email, password }, address: '203.0.113.99' })).status === 200;
/** No session that any browser of the thief ever had opens anything. */
const isOut = async ({ w, thief, mine, userId }: Ended): Promise<boolean> => {
  const record = await credentialsOf(w).get(userId);
  const rows = await sessionsOf(w).listByUser(userId);
  for (const { jar } of [thief, mine]) if (await isAlive(w, jar.get(sessionName) ?? '')) return false;
  return rows.every(({ epoch }) => epoch !== record?.epoch);
};

describe('a login with the old password, and a reset that comes between any two of its calls', () => {
  it('PWD-08 TOK-10: leave no live session made from the old password', async () => {
    const places = await everywhere(
      (w) => askReset(w, owners),
      {
        first: async ({ thief }) => {
          thief.jar.delete('__Host-device');
          return (await thief.post('/login', { email: owners, password: goodPassword })).status;
        },
        other: async ({ w, link }) =>
          (await w.browser('203.0.113.9').post('/reset-password', { token: link, password: otherPassword })).status,
      },
      async (ended) => {
        expect([200, 401]).toContain(ended.first);
        expect([ended.other, await isOut(ended)]).toEqual([204, true]);
        expect([await works(ended.w, owners, goodPassword), await works(ended.w, owners, otherPassword)]).toEqual([
          false,
          true,
        ]);
      },
    );
    expect(places).toBeGreaterThanOrEqual(14);
  });

  it('TOK-10: and so does a step-up', async () => {
    const places = await everywhere(
      (w) => askReset(w, owners),
      {
        first: async ({ thief }) => (await thief.post('/step-up', { password: goodPassword })).status,
        other: async ({ w, link }) =>
          (await w.browser('203.0.113.9').post('/reset-password', { token: link, password: otherPassword })).status,
      },
      async (ended) => {
        expect([ended.other, await isOut(ended)]).toEqual([204, true]);
      },
    );
    expect(places).toBeGreaterThanOrEqual(10);
  });
});

describe('a reset, and what comes between any two of its calls', () => {
  it('a change of the password: exactly one of the new passwords works, and the old one never', async () => {
    await everywhere(
      (w) => askReset(w, owners),
      {
        first: async ({ w, link }) =>
          (await w.browser('203.0.113.9').post('/reset-password', { token: link, password: otherPassword })).status,
        other: post('/change-password', () => ({ current: goodPassword, password: third })),
      },
      async ({ w, first, other }) => {
        const passwords = [goodPassword, otherPassword, third];
        const right = [];
        for (const password of passwords) if (await works(w, owners, password)) right.push(password);
        expect(right).toEqual([first === 204 ? otherPassword : third]);
        if (first === 204) expect([204, 401]).toContain(other);
      },
    );
  });

  it('a second reset by another link: one of them wins, and both links are dead', async () => {
    await everywhere(
      async (w) => `${await askReset(w, owners)} ${await askReset(w, owners)}`,
      {
        first: async ({ w, link }) =>
          (
            await w
              .browser('203.0.113.9')
              .post('/reset-password', { token: link.split(' ')[0], password: otherPassword })
          ).status,
        other: async ({ w, link }) =>
          (await w.browser('203.0.113.8').post('/reset-password', { token: link.split(' ')[1], password: third }))
            .status,
      },
      async ({ w, first, other, link }) => {
        expect([first, other].toSorted()).toEqual([204, 400]);
        expect([await works(w, owners, otherPassword), await works(w, owners, third)]).toEqual([
          first === 204,
          other === 204,
        ]);
        for (const token of link.split(' '))
          expect((await w.browser().post('/reset-password', { token, password: goodPassword })).status).toBe(400);
      },
    );
  });

  it('the account disabled: it stays disabled, whatever the password', async () => {
    await everywhere(
      (w) => askReset(w, owners),
      {
        first: async ({ w, link }) =>
          (await w.browser('203.0.113.9').post('/reset-password', { token: link, password: otherPassword })).status,
        other: async ({ w, userId }) => {
          await w.auth.api.setDisabled(userId, true);
          return 204;
        },
      },
      async ({ w, userId, first, at, when }) => {
        expect((await credentialsOf(w).get(userId))?.disabledAt).not.toBeNull();
        expect(await works(w, owners, otherPassword)).toBe(false);
        expect([204, 400]).toContain(first);
        if (when === 'before' && at === 'credential.replace') expect(first).toBe(400);
      },
    );
  });
});

const enders: Readonly<Record<string, Act>> = {
  'forgot-password and reset-password': forgetAndReset,
  revokeAll: async ({ w, userId }) => {
    await w.auth.api.revokeAll(userId);
    return 204;
  },
  setDisabled: async ({ w, userId }) => {
    await w.auth.api.setDisabled(userId, true);
    return 204;
  },
  deleteUser: async ({ w, userId }) => {
    await w.auth.api.deleteUser(userId);
    return 204;
  },
  'a change of the password by another session': async ({ w }) => {
    const other = w.browser('203.0.113.7');
    await other.post('/login', { email: owners, password: goodPassword });
    return (await other.post('/change-password', { current: goodPassword, password: otherPassword })).status;
  },
};

describe.each(Object.keys(enders))('EMAIL-13: %s between any two calls of a change of address', (name) => {
  it('ends it, or comes after it', async () => {
    const places = await everywhere(
      (w, thief) => askChange(w, thief, thiefs),
      { first: confirm, other: (scene) => (enders[name] ?? forgetAndReset)(scene) },
      async (ended) => {
        const { w, first, other, at, when } = ended;
        const address = await addressOf(ended);
        if (address === null) {
          expect(name).toBe('deleteUser');
          return;
        }
        expect(address).toBe(first === 204 ? thiefs : owners);
        // Until the address is written, whatever ends pending changes has the last word.
        if (other === 204 && at === 'users.replace' && when === 'before') expect(first).not.toBe(204);
        if (other === 204 && first !== 204)
          expect(await isAlive(w, ended.thief.jar.get(sessionName) ?? '')).toBe(false);
        if (name.startsWith('forgot') && other === 204)
          expect([await works(w, owners, otherPassword), await works(w, owners, goodPassword)]).toEqual([true, false]);
        // Where the thief got it, the owner has a way back.
        if (first === 204) expect(w.tokenFor(owners, 'email_changed')).toHaveLength(43);
      },
    );
    expect(places).toBeGreaterThanOrEqual(20);
  });
});

const thiefsMoves: Readonly<Record<string, Act>> = {
  'a login': post('/login', () => ({ email: thiefs, password: goodPassword })),
  'a change of the password': post('/change-password', () => ({ current: goodPassword, password: third })),
  'a step-up': post('/step-up', () => ({ password: goodPassword })),
  'a reset': async ({ w, link }) =>
    (await w.browser('192.0.2.66').post('/reset-password', { token: link.split(' ')[1], password: third })).status,
  'another change of address': post('/change-email/confirm', ({ link }) => ({ token: link.split(' ')[2] })),
};
const takeBack: Act = async ({ w, link }) =>
  (await w.browser('203.0.113.1').post('/change-email/revert', { token: link.split(' ')[0] })).status;
const theft = async (w: World, thief: Browser): Promise<string> => {
  const back = await moved(w, thief, owners, thiefs);
  return `${back} ${await askReset(w, thiefs)} ${await askChange(w, thief, second)}`;
};
const ownersAgain = async (ended: Ended): Promise<void> => {
  const { w, userId } = ended;
  expect(await addressOf(ended)).toBe(owners);
  expect((await credentialsOf(w).get(userId))?.password).toBeNull();
  expect(await isOut(ended)).toBe(true);
  for (const email of [owners, thiefs, second])
    for (const password of [goodPassword, third]) expect(await works(w, email, password)).toBe(false);
  expect(w.outbox.filter(({ to, type }) => to === owners && type === 'reset_password')).toHaveLength(1);
};

describe.each(Object.keys(thiefsMoves))('the way back, and %s of the thief', (name) => {
  const move: Act = (scene) => (thiefsMoves[name] ?? takeBack)(scene);

  it('whose request comes between any two of its calls: the owner has it all', async () => {
    const places = await everywhere(theft, { first: takeBack, other: move }, async (ended) => {
      expect(ended.first).toBe(204);
      await ownersAgain(ended);
    });
    expect(places).toBeGreaterThanOrEqual(14);
  });

  it('between any two of whose calls it comes: the owner has it all', async () => {
    const places = await everywhere(theft, { first: move, other: takeBack }, async (ended) => {
      expect(ended.other).toBe(204);
      await ownersAgain(ended);
    });
    expect(places).toBeGreaterThanOrEqual(8);
  });
});

describe('the end of an account by its owner', () => {
  it('TOK-18: ten clicks at once are one deletion', async () => {
    const w = world();
    const alice = await w.signedIn(owners);
    const { id } = await userOf(w, owners);
    w.events.length = 0;
    const answers = await Promise.all(Array.from({ length: 10 }, () => alice.copy().delete('/account')));
    await w.auth.drain();
    expect(answers.some(({ status }) => status === 204)).toBe(true);
    for (const { status } of answers) expect([204, 401]).toContain(status);
    expect(w.events.filter(({ name }) => name === 'account.deleted')).toHaveLength(1);
    expect([await w.stores.users.get(id), await credentialsOf(w).get(id)]).toEqual([null, null]);
  });

  it('ten calls of auth.api.deleteUser at once are one deletion, too', async () => {
    const w = world();
    await w.confirmed(owners);
    const { id } = await userOf(w, owners);
    w.events.length = 0;
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => w.auth.api.deleteUser(id)));
    expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
    expect(w.events.filter(({ name }) => name === 'account.deleted')).toHaveLength(1);
    expect([await w.stores.users.get(id), await credentialsOf(w).get(id)]).toEqual([null, null]);
  });

  it('TOK-18: a session that is revoked between any two of its calls deletes nothing, or has deleted already', async () => {
    const places = await everywhere(
      async () => '',
      {
        first: async ({ thief }) => (await thief.delete('/account')).status,
        other: async ({ w, userId }) => {
          const user = await w.stores.users.get(userId);
          const record = await credentialsOf(w).get(userId);
          if (user === null || record === null || record.disabledAt !== null) return 0;
          await w.auth.api.revokeAll(userId);
          return 204;
        },
      },
      async ({ w, userId, first, other }) => {
        const user = await w.stores.users.get(userId);
        expect([first, user === null]).toEqual(other === 204 ? [401, false] : [204, true]);
      },
    );
    expect(places).toBeGreaterThanOrEqual(12);
  });

  it('asks for a fresh proof, and expires the cookies of the account', async () => {
    const w = world();
    const alice = await w.signedIn(owners);
    expect((await w.browser().delete('/account')).status).toBe(401);
    w.clock.advance(600_000);
    const stale = await alice.delete('/account');
    expect([stale.status, stale.body.code]).toEqual([403, 'step_up_required']);
    await alice.post('/step-up', { password: goodPassword });
    const cookie = sessionCookieOf(alice);
    const gone = await alice.delete('/account');
    expect([gone.status, gone.body, gone.cookies]).toEqual([
      204,
      null,
      [
        '__Host-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0',
        '__Host-device=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0',
      ],
    ]);
    expect(await isAlive(w, cookie)).toBe(false);
    expect(await w.stores.users.findByLoginKey(owners)).toBeNull();
  });
});
