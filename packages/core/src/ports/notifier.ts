import type { ClientHint } from './domain.ts';
import type { Millis } from './json.ts';

export interface MessageBase {
  /** The stored address, never the submitted one. */
  readonly to: string;
  readonly userId: string | null;
  readonly locale: string | null;
}

export type AuthMessage = MessageBase &
  (
    | {
        readonly type: 'verify_email' | 'change_email' | 'reset_password' | 'magic_link';
        readonly url: string;
        readonly expiresAt: Millis;
      }
    | { readonly type: 'email_code'; readonly code: string; readonly expiresAt: Millis }
    /** `url`: the way back. */
    | { readonly type: 'email_changed'; readonly url: string | null; readonly at: Millis; readonly client: ClientHint }
    | {
        readonly type:
          | 'register_attempt'
          | 'password_changed'
          | 'mfa_enabled'
          | 'mfa_disabled'
          | 'mfa_attempts'
          | 'recovery_code_used'
          | 'account_linked'
          | 'refresh_token_reused';
        readonly at: Millis;
        readonly client: ClientHint;
      }
  );

/** Delivers messages. At least once is fine. Runs after the response and is waited for 30 s; a failure is an event, never an HTTP error. */
export interface Notifier {
  send(message: AuthMessage): Promise<void>;
}
