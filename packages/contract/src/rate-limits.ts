import type { RateLimitStore, RateTake } from '@sallyport/core/ports';
import { type Contract, type ContractCase, casesOf, type Draft, must } from './cases.ts';
import { mustEqual, show } from './equal.ts';
import type { ContractOptions, Setting } from './options.ts';
import { given, mustAllBeUnavailable, mustBeUnavailable, needsLostAnswer, needsUnreachable } from './outage.ts';
import { freshWord, race } from './race.ts';
import { histories, model, randomOf } from './rate-model.ts';

/** Laws B1 to B4, reset, and A8 for limiters. */
export const rateLimitContract = (options: ContractOptions<RateLimitStore>): readonly ContractCase[] =>
  casesOf(rateLimits, options);

interface RateTrial extends Setting<RateLimitStore> {
  /** A key that nobody has; keys are letters, digits, `-` and `_`. */
  readonly fresh: () => string;
}

const now = 1_700_000_000_000;
const burst = 5;
/** Long beside the time of a test, so that a store may let go of a key once it says nothing any more. */
const incrementMs = 60_000;
const five: RateTake = { now, incrementMs, ceilingMs: burst * incrementMs };
/** Dear enough that a key which holds anything refuses it, and allowed on a fresh one. */
const isFresh = async (store: RateLimitStore, key: string): Promise<boolean> =>
  (await store.take(key, { ...five, incrementMs: five.ceilingMs })).allowed;

const b2: RateDraft['harm'] = 'Every process would allow guesses of its own';

type RateDraft = Draft<RateLimitStore, RateTrial>;

const drafts: readonly RateDraft[] = [
  {
    law: 'B1',
    method: 'take',
    title: 'agrees step by step with the reference model, while the clock jumps and policies change',
    harm: 'A limit would be looser or tighter than it was configured',
    run: async ({ clients, fresh }) => {
      const [seed = 0] = crypto.getRandomValues(new Uint32Array(1));
      const random = randomOf(seed);
      const stored = new Map<string, number>();
      const keys = [fresh(), fresh()];
      for (const [step, take] of histories(random).entries()) {
        const key = keys[step % 3 === 0 ? 1 : 0] ?? '';
        if (random(50) === 0) {
          await clients[random(2) === 0 ? 0 : 1].reset(key);
          stored.delete(key);
        }
        const wanted = model(stored.get(key) ?? null, take);
        if (wanted.allowed) stored.set(key, wanted.tat);
        const came = await clients[random(2) === 0 ? 0 : 1].take(key, take);
        mustEqual(came, wanted, `step ${step} of the history of seed ${seed}, ${show(take)}`);
      }
    },
  },
  {
    law: 'B1',
    method: 'take',
    title: 'is exact at large instants and for long policies',
    harm: 'A limiter would lose the last digits of the time, and with them the limit',
    run: async ({ clients, fresh }) => {
      for (const instant of [0, 1, 2_147_483_648, 4_102_444_800_001, 253_402_300_799_999]) {
        const key = fresh();
        let stored: number | null = null;
        for (let n = 0; n < 6; n += 1) {
          const take: RateTake = { now: instant + n, incrementMs: 2_592_000_001, ceilingMs: 10_368_000_004 };
          const wanted = model(stored, take);
          if (wanted.allowed) stored = wanted.tat;
          mustEqual(
            await clients[n % 2 === 0 ? 0 : 1].take(key, take),
            wanted,
            `take ${n + 1} at the instant ${instant}`,
          );
        }
      }
    },
  },
  {
    law: 'B2',
    method: 'take',
    title: 'of 24 racing takes on a fresh key exactly the burst is allowed, over both clients',
    harm: b2,
    run: async ({ clients, fresh, rounds }) => {
      for (let round = 0; round < rounds; round += 1) {
        const key = fresh();
        const answers = await race(clients, (store) => store.take(key, five));
        const allowed = answers.filter((answer) => answer.allowed);
        must(allowed.length === burst, `24 racing takes with a burst of ${burst}: ${allowed.length} were allowed`);
        mustEqual(
          allowed.map(({ tat }) => tat).sort((a, b) => a - b),
          [1, 2, 3, 4, 5].map((n) => now + n * incrementMs),
          '24 racing takes with a burst of 5: what the allowed ones stored',
        );
      }
    },
  },
  {
    law: 'B2',
    method: 'take',
    title: 'what one client took, the other has less',
    harm: b2,
    run: async ({ clients, fresh }) => {
      const key = fresh();
      for (let n = 0; n < burst; n += 1) {
        must(
          (await clients[n % 2 === 0 ? 0 : 1].take(key, five)).allowed,
          `take ${n + 1} of a burst of ${burst} was refused`,
        );
      }
      for (const store of clients)
        must(!(await store.take(key, five)).allowed, `take 6 of a burst of ${burst} was allowed`);
    },
  },
  {
    law: 'B3',
    method: 'take',
    title: 'refused takes cost nothing: the next is allowed when it was due',
    harm: 'An attacker who keeps knocking would lock the owner out for ever',
    run: async ({ clients, fresh }) => {
      const key = fresh();
      for (let n = 0; n < burst; n += 1) await clients[0].take(key, five);
      for (let n = 0; n < 2; n += 1) {
        const answers = await race(clients, (store) => store.take(key, five));
        mustEqual(
          answers.filter(({ allowed }) => allowed).length,
          0,
          'of 24 takes beyond the burst, how many were allowed',
        );
        mustEqual(
          [...new Set(answers.map(({ tat }) => tat))],
          [now + five.ceilingMs],
          'what refused takes say is stored',
        );
      }
      const due = now + incrementMs;
      must(
        !(await clients[1].take(key, { ...five, now: due - 1 })).allowed,
        'a take was allowed a millisecond before it was due',
      );
      must(
        (await clients[1].take(key, { ...five, now: due })).allowed,
        'after 48 refused takes the next was refused when it was due',
      );
      must(!(await clients[0].take(key, { ...five, now: due })).allowed, 'a second take was allowed where one was due');
    },
  },
  {
    law: 'B4',
    method: 'take',
    title: 'that costs more than the ceiling is refused and writes nothing',
    harm: 'A request that can never be allowed would take the allowance of others',
    run: async ({ clients, fresh }) => {
      const key = fresh();
      const dear = { ...five, incrementMs: five.ceilingMs + 1 };
      for (const store of clients) mustEqual(await store.take(key, dear), { allowed: false, tat: 0 }, 'on a fresh key');
      for (const store of clients) {
        mustEqual(await store.take(key, { ...five, ceilingMs: 0 }), { allowed: false, tat: 0 }, 'with a ceiling of 0');
      }
      must(await isFresh(clients[1], key), 'after takes that could never be allowed the key is not fresh');
      mustEqual(await clients[0].take(key, dear), { allowed: false, tat: now + five.ceilingMs }, 'on a key in use');
    },
  },
  {
    law: 'reset',
    method: 'reset',
    title: 'forgets that key alone, for both clients; a key that nobody used may be reset',
    harm: 'A right password would leave the limit in place, or lift the limit of everybody',
    run: async ({ clients, fresh }) => {
      const key = fresh();
      const others = [`${key}1`, `${key}_`, key.slice(0, -1), key.toUpperCase(), key.replace('-', '_')];
      for (const one of [key, ...others])
        must(await isFresh(clients[0], one), `a key that nobody used (beside one in use) is not fresh`);
      mustEqual(await clients[1].reset(key), undefined, 'what reset resolves with');
      mustEqual(await clients[1].reset(fresh()), undefined, 'what reset of a key that nobody used resolves with');
      for (const one of others) must(!(await isFresh(clients[1], one)), 'a reset of one key has reset another');
      must(await isFresh(clients[0], key), 'after a reset by the other client the key is not fresh');
    },
  },
  {
    law: 'A8',
    method: 'every method',
    title: 'with a backend that cannot be reached it rejects with StoreUnavailableError, and in time',
    harm: 'An outage would look like "too many requests", or lift every limit unseen',
    whyNot: needsUnreachable,
    run: async ({ unreachable, fresh, outageMs }) => {
      const store = given(unreachable);
      await mustAllBeUnavailable(outageMs, {
        take: () => store.take(fresh(), five),
        reset: () => store.reset(fresh()),
      });
    },
  },
  {
    law: 'A8',
    method: 'take',
    title: 'whose answer was lost rejects, is not tried again, and has cost once or not at all',
    harm: 'Every lost answer would cost twice, and the last allowed try be refused',
    whyNot: needsLostAnswer,
    run: async ({ lostAnswer, clients, fresh, outageMs }) => {
      const key = fresh();
      const store = await given(lostAnswer)();
      await mustBeUnavailable('take, whose first answer was lost,', outageMs, () => store.take(key, five));
      const { tat } = await clients[0].take(key, five);
      const cost = (tat - now) / incrementMs - 1;
      must(cost === 0 || cost === 1, `a take whose answer was lost has cost ${cost} times`);
    },
  },
];

export const rateLimits: Contract<RateLimitStore, RateTrial> = {
  name: 'rateLimitContract',
  drafts,
  begin: (setting) => {
    const word = freshWord();
    let made = 0;
    return {
      ...setting,
      fresh: () => {
        made += 1;
        return `${word}-${made}`;
      },
    };
  },
};
