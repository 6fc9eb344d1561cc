export interface PostgresOptions {
  /** Where the tables are: a plain identifier of 1 to 63 characters. Default: the first place of the `search_path` that has them. */
  readonly schema?: string;
  /** After so long without an answer a call rejects with `StoreUnavailableError`. */
  readonly timeoutMs?: number;
}

const identifier = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;
/** What `setTimeout` can wait. */
const maxTimeoutMs = 2_147_483_647;

export interface Settings {
  /** `"schema"`, or `null` for the `search_path`. */
  readonly schema: string | null;
  readonly timeoutMs: number;
}

/** Throws `RangeError` for what is neither left out nor right. The schema is the only thing that ever becomes part of a statement. */
export const settingsOf = ({ schema, timeoutMs }: PostgresOptions, defaultTimeoutMs: number): Settings => {
  if (schema !== undefined && !(typeof schema === 'string' && identifier.test(schema))) {
    throw new RangeError(
      `schema: ${JSON.stringify(schema)} is none of 1 to 63 letters, digits and underscores, no digit first`,
    );
  }
  const ms = timeoutMs ?? defaultTimeoutMs;
  if (!(Number.isInteger(ms) && ms >= 1 && ms <= maxTimeoutMs)) {
    throw new RangeError(`timeoutMs: ${ms} is no whole number from 1 to ${maxTimeoutMs}`);
  }
  return { schema: schema === undefined ? null : `"${schema}"`, timeoutMs: ms };
};
