/** The one door to `@noble/hashes`: synchronous, audited, the same on every runtime. */
export { argon2idAsync } from '@noble/hashes/argon2.js';
export { hkdf } from '@noble/hashes/hkdf.js';
export { hmac } from '@noble/hashes/hmac.js';
export { scryptAsync } from '@noble/hashes/scrypt.js';
export { sha256 } from '@noble/hashes/sha2.js';
