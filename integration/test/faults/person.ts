import { pauseFor } from '../../../tools/services/child.ts';
import { enrol, expectOneOf } from './enrol.ts';
import { type Answer, Broken, newVisitor, type Tally, type Visitor } from './visitor.ts';

/** What a fail-over of Redis may lose: the last moment of what was answered. */
export interface Losses {
  /** `none`: a loss is a broken promise. */
  readonly allowed: 'none' | 'ephemeral';
  /** Sessions that were answered for and are gone. */
  gone: number;
  /** Sessions that were signed out one by one and are back. */
  back: number;
  /** Sessions that were renewed by two requests. */
  twice: number;
}

export const losses = (allowed: Losses['allowed']): Losses => ({ allowed, gone: 0, back: 0, twice: 0 });

export interface Stage {
  /** Of the processes; requests go to them in turn. */
  readonly urls: readonly string[];
  readonly tally: Tally;
  readonly losses: Losses;
}

/** A user, and the ledger of what the application answered it. */
export interface Person {
  readonly email: string;
  /** The one that is right, or was asked for last. */
  password(): string;
  /** Registers and confirms, again and again until it holds. */
  enrol(): Promise<void>;
  /** One more act of a busy user; `dice` from 0 to 1 chooses. */
  act(dice: number): Promise<void>;
  /** By the application's server code. `true` = answered with success. */
  administer(verb: 'revoke-all' | 'disable' | 'enable'): Promise<boolean>;
  /** After the fault: finds out what is unknown, and holds the application to everything that it answered. */
  audit(): Promise<void>;
}

/** `live` and `dead` were answered with success and must hold; after a 503 nothing is known. */
type State = 'live' | 'dead' | 'unknown';

interface Session {
  readonly visitor: Visitor;
  state: State;
  /** Where its end is written: as an epoch in the durable store, or as a row that is gone from the ephemeral one. */
  end: 'durable' | 'ephemeral';
}

/**
 * After a fault clients find the way back for one shard after another, and a busy machine is late besides; what is not right
 * after so many milliseconds is a fault that stays.
 */
const lateMs = 20_000;

const answered = async (ask: () => Promise<Answer>): Promise<Answer> => {
  const end = Date.now() + lateMs;
  for (;;) {
    const answer = await ask();
    if (answer.status !== 503) return answer;
    if (Date.now() > end) throw new Broken(`503 for ${lateMs} ms after the fault`);
    await pauseFor(100);
  }
};

let made = 0;
let passwords = 0;
const newPassword = (): string => {
  passwords += 1;
  return `a pass phrase of these tests ${passwords}`;
};

export const newPerson = ({ urls, tally, losses: lossesOf }: Stage): Person => {
  made += 1;
  const email = `p${made}.${process.pid}.${Date.now().toString(36)}@example.com`;
  const sessions: Session[] = [];
  const retired: string[] = [];
  /** More than one: a change was answered with 503, and either may be stored. */
  let passwordsNow: readonly string[] = [newPassword()];
  /** A durable write was answered with 503. It may still happen, until one that was answered with success came after it. */
  let isShaky = false;
  let isDisabled = false;
  let id = '';
  let turn = 0;

  const url = (): string => {
    turn += 1;
    return urls[turn % urls.length] ?? '';
  };
  const arrive = (): Visitor => newVisitor({ url, tally });
  const broken = (what: string): Broken => new Broken(`${email}: ${what}`);
  const password = (): string => passwordsNow.at(-1) ?? '';

  const begin = (visitor: Visitor): Session => {
    const session: Session = { visitor, state: isShaky ? 'unknown' : 'live', end: 'ephemeral' };
    sessions.push(session);
    return session;
  };
  const end = (session: Session, where: Session['end']): void => {
    session.state = 'dead';
    session.end = where;
  };
  const endAll = (): void => {
    for (const session of sessions) end(session, 'durable');
  };
  const doubt = (): void => {
    isShaky = true;
    for (const session of sessions) if (session.state === 'live') session.state = 'unknown';
  };
  /** "Sign in first" for a session that is in the books. */
  const miss = (session: Session, what: string): void => {
    if (session.state === 'live') {
      if (lossesOf.allowed === 'none') throw broken(`${what}: 401 for a session that nobody ended`);
      lossesOf.gone += 1;
    }
    if (session.state !== 'dead') end(session, 'ephemeral');
  };

  const login = async (): Promise<void> => {
    const visitor = arrive();
    const answer = await visitor.post('/auth/login', { email, password: password() });
    expectOneOf('login with the right password', [200, 503], answer);
    if (answer.status === 200) begin(visitor);
  };

  const wrongLogin = async (): Promise<void> => {
    const wrong = retired.at(-1) ?? 'never was the pass phrase';
    const answer = await arrive().post('/auth/login', { email, password: wrong });
    expectOneOf('login with a password of before', [401, 503], answer);
  };

  const look = async (session: Session): Promise<Answer> => {
    const answer = await session.visitor.copy().get('/me');
    expectOneOf('a look', [200, 401, 503], answer);
    if (answer.status === 401) miss(session, 'a look');
    if (answer.status === 200 && session.state === 'dead') {
      if (session.end === 'durable' || lossesOf.allowed === 'none') {
        throw broken(`200 for a session that was ended in the ${session.end} store`);
      }
      lossesOf.back += 1;
      session.state = 'unknown';
    }
    return answer;
  };

  /** Of two changes at once, from one session, one compare-and-set wins. */
  const changePassword = async (session: Session, current: string): Promise<void> => {
    const tries = [newPassword(), newPassword()].map((next) => ({ next, visitor: session.visitor.copy() }));
    const change = async ({ next, visitor }: (typeof tries)[number]) => ({
      next,
      visitor,
      ...(await visitor.post('/auth/change-password', { current, password: next })),
    });
    const answers = await Promise.all(tries.map(change));
    for (const answer of answers) expectOneOf('change of the password', [204, 401, 503], answer);
    const [winner, another] = answers.filter(({ status }) => status === 204);
    const unknown = answers.filter(({ status }) => status === 503);
    if (another !== undefined) throw broken('two changes of one password were both answered with success');
    if (winner !== undefined) {
      retired.push(...passwordsNow);
      passwordsNow = [winner.next];
      isShaky = false;
      const wasLive = session.state === 'live';
      endAll();
      if (winner.visitor.jar.has('__Host-session')) begin(winner.visitor);
      else if (wasLive && lossesOf.allowed === 'none') throw broken('the session was not renewed');
    } else if (unknown.length > 0) {
      passwordsNow = [...passwordsNow, ...unknown.map(({ next }) => next)];
      doubt();
    } else {
      const isRefused = answers.every(({ code }) => code !== 'unauthenticated');
      if (isRefused && !isShaky) throw broken('change with the right password: refused');
      miss(session, 'change of the password');
    }
  };

  /** Whoever removes the old id renews the session. */
  const stepUp = async (session: Session): Promise<void> => {
    const racers = [session.visitor.copy(), session.visitor.copy(), session.visitor.copy()];
    const answers = await Promise.all(racers.map((one) => one.post('/auth/step-up', { password: password() })));
    for (const answer of answers) expectOneOf('step-up', [200, 401, 503], answer);
    const winners = racers.filter((_, n) => answers[n]?.status === 200);
    if (winners.length > 1) {
      if (lossesOf.allowed === 'none') throw broken(`one session was renewed ${winners.length} times`);
      lossesOf.twice += 1;
    }
    if (winners.length > 0) end(session, 'ephemeral');
    else if (answers.some(({ status }) => status === 503)) session.state = 'unknown';
    else miss(session, 'step-up');
    for (const winner of winners) begin(winner);
  };

  const logout = async (session: Session): Promise<void> => {
    const answer = await session.visitor.copy().post('/auth/logout');
    expectOneOf('logout', [204, 503], answer);
    if (answer.status === 204) end(session, 'ephemeral');
    else session.state = 'unknown';
  };

  const logoutEverywhere = async (session: Session): Promise<void> => {
    const answer = await session.visitor.copy().post('/auth/logout', { everywhere: true });
    expectOneOf('logout everywhere', [204, 401, 503], answer);
    if (answer.status === 204) endAll();
    else if (answer.status === 503) doubt();
    else miss(session, 'logout everywhere');
  };

  /** Old or new signs in, never neither; and a change that is answered now has the last word. */
  const settle = async (): Promise<void> => {
    // A late write between two tries may make neither look right, once for each that is under way.
    for (let round = 0; round <= passwordsNow.length; round += 1) {
      for (const candidate of passwordsNow) {
        const visitor = arrive();
        const answer = await visitor.post('/auth/login', { email, password: candidate });
        expectOneOf('login with one of the possible passwords', [200, 401, 503], answer);
        if (answer.status === 503) return;
        if (answer.status === 200) return changePassword(begin(visitor), candidate);
      }
    }
    throw broken(`none of ${passwordsNow.length} passwords signs in`);
  };

  const acts: readonly (readonly [upTo: number, act: (session: Session) => Promise<unknown>])[] = [
    [0.4, look],
    [0.5, login],
    [0.55, wrongLogin],
    [0.68, (session) => changePassword(session, password())],
    [0.8, stepUp],
    [0.88, logout],
    [0.93, logoutEverywhere],
  ];

  return {
    email,
    password,
    enrol: async () => {
      const enrolled = await enrol({ email, password: password(), urls, arrive });
      id = enrolled.id;
      begin(enrolled.visitor);
    },
    act: async (dice) => {
      if (isShaky) return settle();
      const session = sessions.findLast(({ state }) => state === 'live');
      if (session === undefined) return login();
      const [, run] = acts.find(([upTo]) => dice < upTo) ?? [];
      const any = sessions[Math.floor(dice * 1e6) % sessions.length] ?? session;
      await (run === undefined ? look(any) : run(session));
    },
    administer: async (verb) => {
      const answer = await arrive().post(`/admin/${verb}/${id}`);
      expectOneOf(verb, [204, 503], answer);
      if (answer.status === 503) doubt();
      else {
        if (verb !== 'enable') endAll();
        if (verb !== 'revoke-all') isDisabled = verb === 'disable';
      }
      return answer.status === 204;
    },
    audit: async () => {
      const end = Date.now() + lateMs;
      while (isShaky && !isDisabled) {
        await settle();
        if (isShaky && Date.now() > end) throw broken(`no change of the password got through for ${lateMs} ms`);
        if (isShaky) await pauseFor(100);
      }
      for (const session of [...sessions]) await answered(() => look(session));
      const tryWith = (one: string) => answered(() => arrive().post('/auth/login', { email, password: one }));
      expectOneOf('login after the fault', [isDisabled ? 403 : 200], await tryWith(password()));
      for (const old of retired.slice(-5)) {
        expectOneOf('login with a password of before', [401], await tryWith(old));
      }
    },
  };
};
