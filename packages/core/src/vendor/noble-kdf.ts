/** The door to the costly half of `@noble/hashes`, apart from the other so that only who hashes passwords loads it. */
export { argon2idAsync } from '@noble/hashes/argon2.js';
export { scryptAsync } from '@noble/hashes/scrypt.js';
