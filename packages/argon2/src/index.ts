export { type Argon2Options, argon2 } from './argon2.ts';
