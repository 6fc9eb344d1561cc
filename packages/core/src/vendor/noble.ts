/** The door to `@noble/hashes`: synchronous, audited, the same on every runtime. */
export { hkdf } from '@noble/hashes/hkdf.js';
export { hmac } from '@noble/hashes/hmac.js';
export { sha256 } from '@noble/hashes/sha2.js';
