/** Where an exchange with a provider broke. */
export type Phase =
  | 'metadata'
  | 'request'
  | 'response'
  | 'token'
  | 'id_token'
  | 'user'
  | 'claims'
  | 'refresh'
  | 'revoke';

/**
 * The provider did not do as it should. Holds our word for where and, of whatever was thrown, a code of the library's at
 * most: messages and causes carry codes, tokens and secrets.
 */
export class ProviderFault extends Error {
  override readonly name = 'ProviderFault';
  readonly phase: Phase;
  readonly why: string;
  constructor(phase: Phase, why: string) {
    super(`${phase}: ${why}`);
    this.phase = phase;
    this.why = why;
  }
}

/** Whatever goes wrong in `work` is the provider's fault, and says no more than where. */
export const during = async <T>(phase: Phase, work: () => Promise<T> | T): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ProviderFault ? error : new ProviderFault(phase, codeOf(error));
  }
};

const codeOf = (error: unknown): string => {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'string' && /^OAUTH_[A-Z0-9_]{1,60}$/.test(code) ? code.slice(6).toLowerCase() : 'failed';
};
