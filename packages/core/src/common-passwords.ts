/**
 * The well-known passwords, as an entry of their own: `await import('@sallyport/core/common-passwords')` when a password is
 * about to be set, so that no bundle carries them to where sessions are only read.
 */
export { commonPasswords } from './primitives/common-passwords.ts';
