import type { MailType, MessageOf } from '../src/index.ts';

export const token = 'Zx8kQ1vN3rT5wY7aB9cD0eF2gH4jK6mP8qS0uW2xA4y';
export const url: string = `https://app.example.com/auth/link?token=${token}&next=%2Fhome`;
export const code = '482913';
export const now: number = Date.UTC(2026, 2, 2, 14, 5);
export const client = {
  ip: '203.0.113.7',
  agent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0',
};

const base = { to: 'ann@example.com', userId: 'user-1', locale: null };
const link = { ...base, url, expiresAt: now + 86_400_000 };
const notice = { ...base, at: now, client };

/** One message of every type. */
export const messages: { readonly [T in MailType]: MessageOf<T> } = {
  verify_email: { ...link, type: 'verify_email' },
  change_email: { ...link, type: 'change_email' },
  reset_password: { ...link, type: 'reset_password' },
  magic_link: { ...link, type: 'magic_link' },
  email_code: { ...base, type: 'email_code', code, expiresAt: now + 600_000 },
  email_changed: { ...notice, type: 'email_changed', url },
  register_attempt: { ...notice, type: 'register_attempt' },
  password_changed: { ...notice, type: 'password_changed' },
  mfa_enabled: { ...notice, type: 'mfa_enabled' },
  mfa_disabled: { ...notice, type: 'mfa_disabled' },
  mfa_attempts: { ...notice, type: 'mfa_attempts' },
  recovery_code_used: { ...notice, type: 'recovery_code_used' },
  account_linked: { ...notice, type: 'account_linked' },
  refresh_token_reused: { ...notice, type: 'refresh_token_reused' },
};
export const types = Object.keys(messages) as readonly MailType[];
