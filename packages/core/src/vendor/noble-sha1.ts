/** The door to SHA-1, apart from the others so that only who checks one-time codes loads it. */
export { sha1 } from '@noble/hashes/legacy.js';
