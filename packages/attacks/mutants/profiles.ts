import { type Profile, sallyport } from '../src/index.ts';
import type { Kind } from './app.ts';

/** Each application in the words of the suite. */
export const profileFor = (kind: Kind): Profile => {
  if (kind === 'tokens') return sallyport({ tokens: true });
  return kind === 'provider' ? sallyport({ provider: 'corp' }) : sallyport({ totp: true });
};
