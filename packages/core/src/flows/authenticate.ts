import type { Chores } from '../modules/chores.ts';
import type { Sessions } from '../modules/sessions.ts';
import type { Subject, Subjects } from '../modules/subjects.ts';
import type { Caller, Journal } from '../ports/journal.ts';

interface Needs {
  readonly subjects: Subjects;
  readonly sessions: Sessions;
  readonly chores: Chores;
  readonly journal: Journal;
}

/** Who a session id belongs to, if it is alive. Writes nothing before the answer; a due touch runs in the background. */
export type Authenticate = (caller: () => Caller, sessionId: string, lagMs: number) => Promise<Subject | null>;

export const authenticate =
  ({ subjects, sessions, chores, journal }: Needs): Authenticate =>
  async (caller, sessionId, lagMs) => {
    const subject = await subjects.bySession(sessionId, lagMs);
    if (subject === null || !sessions.isLive(subject.session, subject.credential)) return null;
    if (sessions.isStale(subject.session)) {
      const asker = caller();
      chores.run(asker, async () => {
        if (!(await sessions.touch(subject.session))) return;
        journal.note(asker, 'session.touched', { userId: subject.user.id });
      });
    }
    return subject;
  };
