/** A Lua script of the stores. It touches its first key alone, so it runs on Cluster, and it tries nothing again. */
export interface Script {
  readonly lua: string;
  /** SHA-1 of `lua` in hex: what `EVALSHA` takes. */
  readonly sha1: string;
  /** The plain command that does the same to the same key, where a script costs too much; `null` = there is none. */
  readonly command: 'GET' | null;
}

/**
 * Runs a script on the primary that holds the key, once, and resolves with its answer. What rejects becomes a
 * `StoreUnavailableError`: the outcome is unknown. `EVAL` with `script.lua` is enough; `EVALSHA` and `script.command` are faster.
 */
export type RedisEval = (script: Script, keys: readonly string[], args: readonly string[]) => Promise<unknown>;

/** `EVALSHA`, and `EVAL` for a server that has not seen the script: a refusal with NOSCRIPT has run nothing. */
export const evalOnceKnown = async (
  bySha1: () => Promise<unknown>,
  byText: () => Promise<unknown>,
): Promise<unknown> => {
  try {
    return await bySha1();
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('NOSCRIPT')) return byText();
    throw error;
  }
};
