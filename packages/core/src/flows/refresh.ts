import { type Refusal, refuse } from '../errors.ts';
import type { Chores } from '../modules/chores.ts';
import type { Credentials } from '../modules/credentials.ts';
import type { Access, Families } from '../modules/families.ts';
import type { Limits } from '../modules/limits.ts';
import type { Notices } from '../modules/notices.ts';
import type { ReadRefreshToken, RefreshTokens } from '../modules/refresh-tokens.ts';
import type { Sessions } from '../modules/sessions.ts';
import type { Users } from '../modules/users.ts';
import type { Clock } from '../ports/clock.ts';
import type { RefreshFamily } from '../ports/domain.ts';
import type { Caller, Journal } from '../ports/journal.ts';
import type { Millis } from '../ports/json.ts';
import type { LiveSession } from '../ports/live-session.ts';
import { decideRefresh } from '../primitives/refresh-decision.ts';

export interface RefreshInput {
  readonly token: string;
  /** Where the token was. */
  readonly transport: RefreshFamily['transport'];
  readonly clientId: string | null;
}

interface Needs {
  readonly limits: Limits;
  readonly families: Families;
  readonly credentials: Credentials;
  readonly sessions: Sessions;
  readonly users: Users;
  readonly tokens: RefreshTokens;
  readonly access: { issue(family: RefreshFamily, now: number): Promise<Access> };
  readonly asSession: (family: RefreshFamily) => LiveSession;
  readonly notices: Notices;
  readonly chores: Chores;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly graceMs: number;
  /** What a theft ends. */
  readonly theft: 'family' | 'everywhere';
}

export interface Refreshed extends Access {
  readonly ok: true;
  readonly refreshToken: string;
  /** The instant of it. */
  readonly at: Millis;
  readonly family: RefreshFamily;
}

export type RefreshFlow = (caller: Caller, input: RefreshInput) => Promise<Refreshed | Refusal>;

const tries = 3;

/**
 * One take, two reads, at most one compare-and-set. A token that we did not make costs nothing. The access token is signed
 * before the family moves: a signer that is down leaves everything as it was.
 */
export const refresh =
  (needs: Needs): RefreshFlow =>
  async (caller, input) => {
    const { tokens, limits, families, credentials, sessions, clock, graceMs, asSession } = needs;
    const read = tokens.read(input.token);
    if (read === null) return refuse('refresh_invalid');
    const limited = await limits.take(caller, 'token_refresh', read.familyId);
    if (limited !== null) return limited;
    const now = clock.now();
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const family = await families.get(read.familyId);
      const credential = family?.userId == null ? null : await credentials.get(family.userId);
      const isLive = family !== null && credential !== null && sessions.isLive(asSession(family), credential);
      const presented = { generation: read.generation, transport: input.transport, clientId: input.clientId };
      const outcome = decideRefresh(isLive ? family : null, presented, now, graceMs);
      if (family === null || outcome === 'over') return refuse('session_revoked');
      if (outcome === 'misplaced') return refuse('refresh_invalid');
      if (outcome === 'ahead') {
        needs.journal.note(caller, 'refresh.ahead', { userId: family.userId, code: 'refresh_invalid' });
        return refuse('refresh_invalid');
      }
      if (outcome === 'theft' || outcome === 'foreign') return endStolen(needs, caller, family, outcome);
      const answer = await answered(needs, caller, { read, family, now, outcome });
      if (answer !== null) return answer;
    }
    return refuse('conflict');
  };

interface Answering {
  readonly read: ReadRefreshToken;
  readonly family: RefreshFamily;
  readonly now: number;
  readonly outcome: 'rotate' | 'replay' | 'succeed';
}

/** `null` = somebody else rotated first: decide again. */
const answered = async (
  { tokens, access, families, journal }: Needs,
  caller: Caller,
  { read, family, now, outcome }: Answering,
): Promise<Refreshed | null> => {
  const issued = await access.issue(family, now);
  const current = outcome === 'rotate' ? await families.rotate(family, now) : family;
  if (current === null) return null;
  const event = outcome === 'rotate' ? 'refresh.rotated' : 'refresh.replayed';
  journal.note(caller, event, { userId: family.userId, data: { session: family.id, generation: current.version } });
  return { ok: true, ...issued, at: now, family: current, refreshToken: tokens.write(read.handle, current.version) };
};

/** Nobody can tell the thief from the owner: the family ends for both, and the owner is told. */
const endStolen = async (
  needs: Needs,
  caller: Caller,
  family: RefreshFamily,
  outcome: 'theft' | 'foreign',
): Promise<Refusal> => {
  // Where nobody can say whether it was this call that ended it, the owner has to hear of it all the same.
  let ended = true;
  try {
    if (needs.theft === 'everywhere') ended = await endAll(needs, caller, family);
    const isEnded = await needs.families.end(family.id);
    if (needs.theft === 'family') ended = isEnded;
  } finally {
    if (ended) tellOwner(needs, caller, family, outcome);
  }
  return refuse('session_revoked');
};

/** One write for every session of the user; `true` = this call wrote it. */
const endAll = async (
  { credentials, sessions, chores }: Needs,
  caller: Caller,
  { userId, epoch }: RefreshFamily,
): Promise<boolean> => {
  if (userId === null) return false;
  const raised = await credentials.update(userId, (record) => (record.epoch === epoch ? { epoch: epoch + 1 } : null));
  if (typeof raised !== 'object') return false;
  chores.run(caller, () => sessions.sweepUser(userId, raised.epoch));
  return true;
};

const tellOwner = (
  { users, notices, chores, journal, clock, theft }: Needs,
  caller: Caller,
  { id, userId }: RefreshFamily,
  outcome: 'theft' | 'foreign',
): void => {
  const data = { session: id, by: outcome === 'theft' ? 'generation' : 'client', everywhere: theft === 'everywhere' };
  journal.note(caller, 'refresh.reused', { userId, code: 'session_revoked', data });
  chores.run(caller, async () => {
    const user = userId === null ? null : await users.get(userId);
    if (user === null || user.email === null) return;
    const { client } = caller;
    const at = clock.now();
    await notices.send(caller, { type: 'refresh_token_reused', to: user.email, userId, locale: null, at, client });
  });
};
