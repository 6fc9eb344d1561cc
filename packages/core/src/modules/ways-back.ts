import type { Clock } from '../ports/clock.ts';
import type { OneTimeToken } from '../ports/domain.ts';
import type { Millis } from '../ports/json.ts';
import type { RecordStore } from '../ports/records.ts';
import { digest } from '../primitives/digest.ts';

/**
 * To which address the links lead that take back a change of address. One address a user at a time: if every change gave a
 * way back, a thief's mailbox would get one as well, and undo with it what the owner undid.
 */
export interface WaysBack {
  /** Until when a link to that address is good, from now on; `null` = live links lead to another address, so there is none. */
  pin(userId: string, loginKey: string): Promise<Millis | null>;
  leadsTo(userId: string, loginKey: string): Promise<boolean>;
  /** Ends every link at once. */
  unpin(userId: string): Promise<boolean>;
}

interface Needs {
  readonly store: RecordStore<OneTimeToken>;
  readonly clock: Clock;
  readonly lifetimeMs: number;
}

const tries = 5;
const momentMs = 60_000;

/** The pin has an id that is made of the user's, so that of racing calls one decides. Links never outlive the pin of their address. */
export const waysBack = ({ store, clock, lifetimeMs }: Needs): WaysBack => {
  const isLive = (pin: OneTimeToken): boolean => clock.now() < pin.expiresAt;
  return {
    pin: async (userId, loginKey) => {
      const expiresAt = clock.now() + lifetimeMs;
      const fresh: OneTimeToken = {
        id: pinId(userId),
        userId,
        version: 1,
        expiresAt,
        purpose: 'revert_email',
        epoch: null,
        data: { loginKey },
      };
      for (let attempt = 0; attempt < tries; attempt += 1) {
        if (await store.create(fresh)) return expiresAt;
        const pin = await store.get(fresh.id);
        if (pin === null) continue;
        if (isLive(pin) && pin.data['loginKey'] !== loginKey) return null;
        // Set a moment ago, by a call that races this one: good enough, and nothing to fight over.
        if (isLive(pin) && pin.expiresAt > expiresAt - momentMs) return pin.expiresAt;
        if (await store.replace({ ...fresh, version: pin.version + 1 }, pin.version)) return expiresAt;
      }
      throw new Error('the way back moved at every look');
    },
    leadsTo: async (userId, loginKey) => {
      const pin = await store.get(pinId(userId));
      return pin !== null && isLive(pin) && pin.data['loginKey'] === loginKey;
    },
    unpin: (userId) => store.delete(pinId(userId)),
  };
};

const pinId = (userId: string): string => digest('revert_email pin', userId);
