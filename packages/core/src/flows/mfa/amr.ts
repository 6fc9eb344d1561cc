import type { Amr } from '../../ports/domain.ts';

const second: readonly Amr[] = ['otp', 'rec', 'mfa'];

const firstOf = (amr: readonly Amr[]): readonly Amr[] => amr.filter((one) => !second.includes(one));

/** What a session says of itself once a code of that kind was right: two factors, or one and a code for the day that the other is lost. */
export const withSecond = (
  amr: readonly Amr[],
  method: 'totp' | 'recovery_code',
): { readonly aal: 1 | 2; readonly amr: readonly Amr[] } =>
  method === 'totp' ? { aal: 2, amr: [...firstOf(amr), 'otp', 'mfa'] } : { aal: 1, amr: [...firstOf(amr), 'rec'] };

/** The same once the last second factor is gone. */
export const withoutSecond = (amr: readonly Amr[]): { readonly aal: 1; readonly amr: readonly Amr[] } => ({
  aal: 1,
  amr: firstOf(amr),
});
