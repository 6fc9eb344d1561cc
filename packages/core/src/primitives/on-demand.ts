type Functions<T> = { readonly [K in keyof T]: (...args: never[]) => Promise<unknown> };

/** Functions that are loaded, all at once, by the first call of any; a load that failed is tried again by the next call. */
export const onDemand = <T extends Functions<T>>(names: readonly (keyof T)[], load: () => Promise<T>): T => {
  let loading: Promise<T> | null = null;
  const loaded = (): Promise<T> => {
    loading ??= load().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  };
  const stub =
    (name: keyof T) =>
    async (...args: never[]): Promise<unknown> =>
      (await loaded())[name](...args);
  // Each stub does what the function of its name does, once that is there.
  return Object.fromEntries(names.map((name) => [name, stub(name)])) as T;
};
