export interface Told {
  readonly step: string;
  /** `null` = as it should be. */
  readonly fault: string | null;
}

/** Steps in order; one that fails does not hide the next. */
export const teller = (): {
  readonly told: Told[];
  readonly step: (step: string, run: () => unknown) => Promise<void>;
} => {
  const told: Told[] = [];
  const step = async (name: string, run: () => unknown): Promise<void> => {
    try {
      await run();
      told.push({ step: name, fault: null });
    } catch (error) {
      told.push({ step: name, fault: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
    }
  };
  return { told, step };
};

export const same = (got: unknown, wanted: unknown): void => {
  const [a, b] = [got, wanted].map((one) => JSON.stringify(one));
  if (a !== b) throw new Error(`${a} instead of ${b}`);
};
