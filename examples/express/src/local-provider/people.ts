/** Who has an account at the local provider. It runs the mailboxes of `example.net`, and believes Uwe whatever he says. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly emailVerified: boolean;
}

export const people: readonly Person[] = [
  { id: 'vera', name: 'Vera Verified', email: 'vera@example.net', emailVerified: true },
  { id: 'uwe', name: 'Uwe Unverified', email: 'uwe@example.net', emailVerified: false },
];

/** The domains that the demo takes the provider's word for. */
export const emailDomains: readonly string[] = ['example.net'];
