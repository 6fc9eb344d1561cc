import type { RateTake, StoredRecord, Stores } from '@sallyport/core/ports';
import { model } from '../rate-model.ts';
import { type BrokenStores, gap, put, withLimits } from './wrap.ts';

const slots = ['rateLimits'] as const;

/** Limiters, each with one bug. */
export const brokenLimits: readonly BrokenStores[] = [
  {
    name: 'take reads, then writes',
    laws: ['B2'],
    slots,
    modelledOn: 'GET and SET; the fallback that better-auth 1.7 removed',
    of: withLimits((_, stores) => {
      const cells = cellsOf(stores);
      return {
        take: async (key, take) => {
          const answer = model((await cells.get(key))?.tat ?? null, take);
          await gap();
          if (answer.allowed) await put(cells, { id: key, userId: null, version: 1, expiresAt: null, tat: answer.tat });
          return answer;
        },
        reset: async (key) => {
          await cells.delete(key);
        },
      };
    }),
  },
  {
    name: 'every process counts for itself',
    laws: ['B2'],
    slots,
    modelledOn: 'a limiter in memory, behind a load balancer',
    of: withLimits(() => {
      const tats = new Map<string, number>();
      return {
        take: async (key, take) => {
          const answer = model(tats.get(key) ?? null, take);
          if (answer.allowed) tats.set(key, answer.tat);
          return answer;
        },
        reset: async (key) => {
          tats.delete(key);
        },
      };
    }),
  },
  {
    name: 'a fixed window',
    laws: ['B1'],
    slots,
    modelledOn: 'INCR and EXPIRE: twice the burst around the end of a window',
    of: withLimits((_, stores) =>
      inCells(stores, (stored, { now, incrementMs, ceilingMs }) => {
        const start = Math.floor(now / ceilingMs) * ceilingMs;
        const used = Math.max(stored ?? 0, start) + incrementMs;
        const isAllowed = used <= start + ceilingMs;
        return { allowed: isAllowed, tat: isAllowed ? used : (stored ?? 0), kept: isAllowed ? used : stored };
      }),
    ),
  },
  {
    name: 'a refused take costs',
    laws: ['B3'],
    slots,
    modelledOn: 'limiters that count before they compare: who keeps knocking is never let in again',
    of: withLimits((_, stores) =>
      inCells(stores, (stored, take) => {
        const next = Math.max(stored ?? 0, take.now) + take.incrementMs;
        return { ...model(stored, take), kept: next };
      }),
    ),
  },
  {
    name: 'what a take would cost is not counted before it is allowed',
    laws: ['B2', 'B4'],
    slots,
    modelledOn: '`count <= limit` before the increment: one more than the burst',
    of: withLimits((_, stores) =>
      inCells(stores, (stored, { now, incrementMs, ceilingMs }) => {
        const from = Math.max(stored ?? 0, now);
        const isAllowed = from - now <= ceilingMs;
        return {
          allowed: isAllowed,
          tat: isAllowed ? from + incrementMs : (stored ?? 0),
          kept: isAllowed ? from + incrementMs : stored,
        };
      }),
    ),
  },
  {
    name: 'the store has a clock of its own',
    laws: ['B1'],
    slots,
    modelledOn: 'redis.call("TIME") in the script',
    of: withLimits((limits) => ({ take: (key, take) => limits.take(key, { ...take, now: Date.now() }) })),
  },
  {
    name: 'a refused take says what would have been stored',
    laws: ['B1', 'B3'],
    slots,
    modelledOn: 'RETURNING of a row that was not written',
    of: withLimits((limits) => ({
      take: async (key, take) => {
        const answer = await limits.take(key, take);
        return answer.allowed ? answer : { allowed: false, tat: Math.max(answer.tat, take.now) + take.incrementMs };
      },
    })),
  },
  {
    name: 'instants lose their last digits',
    laws: ['B1'],
    slots,
    modelledOn: 'tostring in Lua: 14 digits',
    of: withLimits((limits) => ({
      take: async (key, take) => {
        const answer = await limits.take(key, take);
        return { ...answer, tat: Number(answer.tat.toPrecision(14)) };
      },
    })),
  },
  {
    name: 'reset does nothing',
    laws: ['reset'],
    slots,
    modelledOn: 'DEL of a key without its prefix',
    of: withLimits(() => ({ reset: async () => {} })),
  },
  {
    name: 'keys are compared without case',
    laws: ['reset'],
    slots,
    modelledOn: 'a text column with a case-insensitive collation',
    of: withLimits((limits) => ({
      take: (key, take) => limits.take(key.toLowerCase(), take),
      reset: (key) => limits.reset(key.toLowerCase()),
    })),
  },
];

interface Cell extends StoredRecord {
  readonly tat: number;
}

const cellsOf = ({ ephemeral }: Stores) => ephemeral.open<Cell>('contract_cell');

type Step = (
  stored: number | null,
  take: RateTake,
) => { readonly allowed: boolean; readonly tat: number; readonly kept: number | null };

/** A limiter with a wrong step that is atomic all the same, by compare-and-set. */
const inCells = (stores: Stores, step: Step): Stores['rateLimits'] => {
  const cells = cellsOf(stores);
  return {
    take: async (key, take) => {
      for (;;) {
        const found = await cells.get(key);
        const { kept, ...answer } = step(found?.tat ?? null, take);
        if (kept === null) return answer;
        const version = found?.version ?? 0;
        const next = { id: key, userId: null, version: version + 1, expiresAt: null, tat: kept };
        if (await (found === null ? cells.create(next) : cells.replace(next, version))) return answer;
      }
    },
    reset: async (key) => {
      await cells.delete(key);
    },
  };
};
