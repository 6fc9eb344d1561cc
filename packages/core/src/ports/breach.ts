/** A look-up in a list of leaked passwords. */
export interface BreachCheck {
  /** `null` = the service did not answer: the password is allowed, with an event. Waited for 2 s at most. */
  isBreached(password: string): Promise<boolean | null>;
}
