import { StoreUnavailableError } from '@sallyport/core/ports';
import { type Through, viewOf } from './through.ts';
import type { BrokenStores } from './wrap.ts';

const written = ['users', 'durable', 'ephemeral', 'rateLimits'] as const;
const everywhere = [...written, 'joined'] as const;

/** Retries what a network error ended: right for reads, wrong for writes. */
const twice: Through = async (_, call) => {
  try {
    return await call();
  } catch {
    return await call();
  }
};

/** Outages, answered wrong. */
export const brokenOutages: readonly BrokenStores[] = [
  {
    name: 'an outage is "not there"',
    laws: ['A8'],
    slots: everywhere,
    modelledOn: 'the SecondaryStorage on a documentation page of better-auth, whose get turns an error into null',
    of: (stores) => viewOf(stores, (_, call, none) => call().catch(() => none)),
  },
  {
    name: 'an outage rejects with what the driver threw',
    laws: ['A8'],
    slots: everywhere,
    modelledOn: 'rate-limiter-flexible: firecrawl#3728 turned an outage of Redis into "429" for everybody',
    of: (stores) =>
      viewOf(stores, (_, call) =>
        call().catch((error: unknown) => {
          throw error instanceof StoreUnavailableError ? error.cause : error;
        }),
      ),
  },
  {
    name: 'a write whose answer was lost is tried again',
    laws: ['A8'],
    slots: written,
    modelledOn: 'clients with retries switched on by default: ioredis `maxRetriesPerRequest`, SDKs over HTTP',
    of: (stores) => viewOf(stores, twice),
  },
];
