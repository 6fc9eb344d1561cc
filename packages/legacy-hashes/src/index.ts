export { type LegacyHashesOptions, legacyHashes } from './legacy-hashes.ts';
export { type Pbkdf2Parts, pbkdf2String, type ScryptParts, scryptString } from './strings.ts';
