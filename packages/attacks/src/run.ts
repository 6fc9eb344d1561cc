import type { Attack } from './attack.ts';
import { attacks } from './attacks.ts';
import { type Ground, groundOf } from './ground.ts';
import { incompleteness } from './incomplete.ts';
import { type Bounds, defaultBounds, meter, type Turn } from './meter.ts';
import type { Profile } from './profile.ts';
import type { Target } from './target.ts';
import { Finding, given, NoAnswer, NotApplicable, Unclear } from './verdict.ts';

export type Verdict = 'held' | 'finding' | 'not applicable' | 'inconclusive';

export interface Result extends Pick<Attack, 'id' | 'class' | 'title' | 'claim'> {
  readonly verdict: Verdict;
  /** What held, what was found, or the reason. */
  readonly detail: string;
  readonly requests: number;
}

export interface Report {
  readonly target: string;
  readonly profile: string;
  readonly results: readonly Result[];
  readonly requests: number;
  /** Why a run without findings says little: cut short, unanswered, or mostly inconclusive. `null` = it was whole. */
  readonly incomplete: string | null;
}

export interface RunOptions {
  readonly profile: Profile;
  /** The target, or what makes one: then every attack has a new one, and none disturbs another. */
  readonly target: Target | (() => Target | Promise<Target>);
  /** Ids or classes; without it, all. */
  readonly only?: readonly string[];
  /** Ids that are not run, each with its reason. */
  readonly skip?: Readonly<Record<string, string>>;
  readonly bounds?: Partial<Bounds>;
  /** Called after each. */
  readonly onResult?: (result: Result) => void;
  /** Instead of all that there are. */
  readonly attacks?: readonly Attack[];
}

/** After so many attacks without an answer, one and the same target is left alone. */
const patience = 3;

/** Runs attacks one after another and never throws for what they find. */
export const runAttacks = async (options: RunOptions): Promise<Report> => {
  const { profile, target, only, skip = {}, bounds, onResult, attacks: all = attacks } = options;
  const chosen = all.filter((one) => only === undefined || only.includes(one.id) || only.includes(one.class));
  checkNames(all, [...(only ?? []), ...Object.keys(skip)]);
  const limits = meter({ ...defaultBounds, ...bounds });
  const salt = saltOf();
  const firstAddress = Math.floor((crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 4_096);
  // One target for all: that an honest user got somewhere after the attack before is as good as before this one.
  let isKnownToWork = false;
  let unanswered = 0;
  const results: Result[] = [];
  let origin = '';
  const attempt = async (attack: Attack, index: number): Promise<unknown> => {
    const reason = skip[attack.id];
    if (reason !== undefined) return new NotApplicable(`skipped: ${reason}`);
    if (unanswered >= patience && typeof target !== 'function')
      return new NoAnswer(`not tried: the last ${patience} attacks got no answer`);
    const turn = limits.begin();
    if (turn === null) return new Unclear('the run was used up before');
    return outcomeOf(attack, { turn, isKnownToWork }, async () => {
      const place = typeof target === 'function' ? await target() : target;
      origin = place.origin;
      return groundOf(place, profile, turn, `${salt}${index}`, firstAddress + index * 300);
    });
  };
  for (const [index, attack] of chosen.entries()) {
    const before = limits.spent();
    const outcome = await attempt(attack, index);
    if (!(outcome instanceof NotApplicable)) unanswered = outcome instanceof NoAnswer ? unanswered + 1 : 0;
    const result = resultOf(attack, outcome, limits.spent() - before);
    isKnownToWork = typeof target !== 'function' && result.verdict === 'held';
    results.push(result);
    onResult?.(result);
  }
  const incomplete = incompleteness({ results, isUsedUp: limits.isUsedUp(), isSilent: unanswered > 0 });
  return { target: origin, profile: profile.name, results, requests: limits.spent(), incomplete };
};

/** One attack on one target: for a test runner. */
export const tryAttack = async (
  attack: Attack,
  { target, profile, bounds }: Omit<RunOptions, 'only' | 'skip' | 'attacks' | 'onResult'>,
): Promise<Result> => {
  const limits = meter({ ...defaultBounds, ...bounds });
  const turn = limits.begin();
  const outcome =
    turn === null
      ? new Unclear('the bounds allow nothing')
      : await outcomeOf(attack, { turn, isKnownToWork: false }, async () =>
          groundOf(typeof target === 'function' ? await target() : target, profile, turn, saltOf(), 0),
        );
  return resultOf(attack, outcome, limits.spent());
};

interface Trial {
  readonly turn: Turn;
  readonly isKnownToWork: boolean;
}

const outcomeOf = async (
  attack: Attack,
  { turn, isKnownToWork }: Trial,
  prepare: () => Promise<Ground>,
): Promise<unknown> => {
  try {
    return await turn.within(async () => {
      const ground = await prepare();
      if (!isKnownToWork) await works(ground);
      const held = await attack.run(ground);
      await stillWorks(ground, attack);
      return held;
    });
  } catch (error) {
    return error instanceof Error ? error : new Unclear(String(error));
  }
};

/** Nothing is said of a target where an honest user gets nowhere, or where everybody is taken for somebody. */
const works = async (ground: Ground): Promise<void> => {
  const nobody = ground.browser();
  given(
    !(await ground.isSignedIn(nobody)),
    '`session` takes a browser without a session for somebody who is signed in',
  );
  const { browser } = await ground.member();
  given(await ground.isSignedIn(browser), 'nobody is signed in after `login`');
};

/** Silence says that a defence holds only where an honest user still gets somewhere. */
const stillWorks = async (ground: Ground, attack: Attack): Promise<void> => {
  try {
    await works(ground);
  } catch (error) {
    // With one address for everybody, the honest user is refused along with the attacker.
    if (attack.class === 'limits' && !ground.target.hasAddresses) return;
    const Kind = error instanceof NoAnswer ? NoAnswer : Unclear;
    throw new Kind(`after the attack, an honest user gets nowhere: ${error instanceof Error ? error.message : error}`);
  }
};

const resultOf = ({ id, class: kind, title, claim }: Attack, outcome: unknown, requests: number): Result => {
  const base = { id, class: kind, title, claim, requests };
  if (typeof outcome === 'string') return { ...base, verdict: 'held', detail: outcome };
  if (outcome instanceof Finding) return { ...base, verdict: 'finding', detail: outcome.message };
  if (outcome instanceof NotApplicable) return { ...base, verdict: 'not applicable', detail: outcome.message };
  return { ...base, verdict: 'inconclusive', detail: outcome instanceof Unclear ? outcome.message : String(outcome) };
};

/** Throws a `TypeError` for what is no id and no class. */
export const checkNames = (all: readonly Attack[], names: readonly string[]): void => {
  const known = new Set(all.flatMap((one) => [one.id, one.class]));
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0) throw new TypeError(`no attack or class is called ${unknown.join(', ')}`);
};

/** Names of a run that no other run has used. */
const saltOf = (): string =>
  [...crypto.getRandomValues(new Uint8Array(5))].map((byte) => byte.toString(36).padStart(2, '0')).join('');
