/** What each law says, in a line. `docs` of the ports say it in full; a law is never weakened. */
const sayings = {
  A1: 'create inserts if absent, and of N racing creates of one id one wins',
  A2: 'replace compares the version and sets, and never inserts',
  A3: 'delete tells exactly one of N callers that it removed the record',
  A4: 'get sees every write that returned before it began, whoever made it',
  A5: 'listByUser is complete within a second',
  A6: 'a record is never gone before expiresAt',
  A7: 'what comes back deep-equals what went in',
  A8: 'an unknown outcome or an outage rejects with StoreUnavailableError, and no write is tried again',
  A9: 'a record of nobody is listed for nobody',
  A10: 'sweep removes expiresAt < before, and nothing else',
  kind: 'a kind names its records: opened twice it is the same, and no other kind sees them',
  U1: 'a login key has one user, whoever races for it',
  U2: 'replace compares the version and sets, and never inserts',
  U3: 'a changed login key frees the old one in the same step',
  U4: 'a login key in use is taken, and then nothing has changed',
  U5: 'a user is deleted once, and the login key is free afterwards',
  U6: 'reads see every write that returned before, and a login key is compared byte for byte',
  B1: 'take agrees with the reference model, whatever the clock does',
  B2: 'N racing takes on a fresh key allow exactly the burst',
  B3: 'a refused take costs nothing',
  B4: 'a take that costs more than the ceiling is refused and writes nothing',
  reset: 'reset forgets that key alone',
  joined: 'a joined read says what the separate reads say',
} as const;

/** The id of a law. */
export type Law = keyof typeof sayings;

/** Every law with its one line. */
export const laws: Readonly<Record<Law, string>> = sayings;

/** A store broke a law. `message` says what was expected, what came, and what that does to an application. */
export class ContractViolation extends Error {
  override readonly name = 'ContractViolation';
  readonly law: Law;
  /** `cause` is there when a call rejected although the law has an answer for it. */
  constructor(law: Law, message: string, options?: { readonly cause: unknown }) {
    super(`${law} ${message}`, options);
    this.law = law;
  }
}
