/**
 * Password hashing. `hash` and `verify` reject with `BusyError` when the hasher sheds load: never a value, since a truthy
 * "busy" would log in.
 */
export interface PasswordHasher {
  /** Resolves with a PHC string. */
  hash(password: string): Promise<string>;
  /** `false` for a foreign or broken string; never throws on one. */
  verify(password: string, encoded: string): Promise<boolean>;
  /** Whether the string was made with weaker parameters, or by another algorithm, than `hash` would use now. */
  needsRehash(encoded: string): boolean;
}
