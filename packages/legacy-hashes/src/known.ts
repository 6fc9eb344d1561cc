/** A stored string of another system, read and found cheap enough to be computed. */
export interface Known {
  /** What is said in `password` goes in as it is: NFC, as the core hands it over. */
  matches(password: string): Promise<boolean>;
}

/** `null` = none of its strings, or one that asks for more than the bounds. Computes nothing. */
export type Reader = (encoded: string) => Known | null;

/** No string of any of these systems is longer; what is longer is not looked at. */
export const maxLength = 2_048;
