type Functions<T> = { readonly [K in keyof T]: (...args: never[]) => Promise<unknown> };

/** A part of the program did not come: a file that is gone, a chunk that cannot be fetched. An outage like any other. */
export class LoadError extends Error {
  override readonly name = 'LoadError';
  constructor(cause: unknown) {
    super('a part that is loaded on demand did not come', { cause });
  }
}

/** Loads at the first call, and once; a load that failed is tried again by the next call. */
export const once = <T>(load: () => Promise<T>): (() => Promise<T>) => {
  let loading: Promise<T> | null = null;
  return () => {
    loading ??= load().catch((cause: unknown) => {
      loading = null;
      throw cause instanceof LoadError ? cause : new LoadError(cause);
    });
    return loading;
  };
};

/** Functions that are loaded, all at once, by the first call of any. */
export const onDemand = <T extends Functions<T>>(names: readonly (keyof T)[], load: () => Promise<T>): T => {
  const loaded = once(load);
  const stub =
    (name: keyof T) =>
    async (...args: never[]): Promise<unknown> =>
      (await loaded())[name](...args);
  // Each stub does what the function of its name does, once that is there.
  return Object.fromEntries(names.map((name) => [name, stub(name)])) as T;
};
