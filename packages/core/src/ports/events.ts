import type { ClientHint } from './domain.ts';
import type { JsonObject, Millis } from './json.ts';

/** The closed list of event names. */
export type EventName =
  | 'register.requested'
  | 'login.succeeded'
  | 'login.failed'
  | 'login.challenged'
  | 'session.created'
  | 'session.revoked'
  | 'session.touched'
  | 'password.changed'
  | 'password.reset'
  | 'email.verified'
  | 'email.changed'
  | 'mfa.enrolled'
  | 'mfa.removed'
  | 'mfa.code_accepted'
  | 'mfa.code_refused'
  | 'recovery_code.used'
  | 'oauth.linked'
  | 'oauth.unlinked'
  | 'oauth.refused'
  | 'oauth.refreshed'
  | 'refresh.rotated'
  | 'refresh.replayed'
  | 'refresh.reused'
  | 'refresh.ahead'
  | 'rate.denied'
  | 'access.refused'
  | 'csrf.rejected'
  | 'request.failed'
  | 'store.failed'
  | 'notifier.failed'
  | 'config.notice'
  | 'account.disabled'
  | 'account.enabled'
  | 'account.deleted';

/** What happened. Never holds a secret, a token, a code or a password. */
export interface AuthEvent {
  readonly name: EventName;
  readonly at: Millis;
  readonly userId: string | null;
  readonly requestId: string;
  readonly outcome: 'success' | 'failure';
  /** A public word, usually the error code of the answer, when `outcome` is `failure`. */
  readonly code?: string;
  readonly client: ClientHint;
  readonly data: JsonObject;
}

/** Synchronous. The core ignores what it throws. */
export interface EventSink {
  emit(event: AuthEvent): void;
}
