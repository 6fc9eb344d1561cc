import { judged } from './report.ts';
import type { Probe } from './visit.ts';

/** A code of TOTP is good for 30 s to either side (RFC 6238 §5.2); `Date` has whole seconds. */
const mostMs = 10_000;

export const clock: Probe = async ({ get }) => {
  const from = Date.now();
  const header = (await get('/session')).header('date');
  if (header === null) return [];
  const gap = Math.abs(Date.parse(header) - (from + Date.now()) / 2);
  const measured = `${(gap / 1_000).toFixed(1)} s from the clock of this machine`;
  return [judged('clock', gap <= mostMs, [measured, measured])];
};
