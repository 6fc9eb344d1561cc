import { MailError, type MailEvent, type SmtpNotifier, type SmtpOptions, smtpNotifier } from '../src/index.ts';
import { now } from './messages.ts';
import { closing } from './servers.ts';

export interface Subject extends SmtpNotifier {
  readonly events: readonly MailEvent[];
}

/** A notifier on a server of this test, with short pauses; it is drained when the test ends. */
export const notifierAt = (
  { port, user, password }: { readonly port: number; readonly user?: string; readonly password?: string },
  more: Partial<Omit<SmtpOptions, 'url' | 'server'>> = {},
): Subject => {
  const events: MailEvent[] = [];
  const notifier = smtpNotifier({
    server: { host: '127.0.0.1', port, ...(user === undefined || password === undefined ? {} : { user, password }) },
    from: 'Example <no-reply@example.com>',
    appName: 'Example',
    locale: 'en-GB',
    retryMs: 20,
    timeoutMs: 2_000,
    clock: { now: () => now },
    events: (event) => events.push(event),
    ...more,
  });
  closing(notifier.drain);
  return { ...notifier, events };
};

/** The `MailError` that a promise rejects with; anything else fails the test. */
export const errorOf = async (promise: Promise<unknown>): Promise<MailError> => {
  const thrown = await promise.then(
    () => new Error('it fulfilled'),
    (error: unknown) => error,
  );
  if (thrown instanceof MailError) return thrown;
  throw thrown;
};
