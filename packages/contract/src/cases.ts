import { ContractViolation, type Law } from './laws.ts';
import { type ContractOptions, type Setting, settingOf } from './options.ts';

/** One test, for any runner: `test(c.name, c.run)`. */
export interface ContractCase {
  readonly law: Law;
  readonly name: string;
  /** Why it does nothing here; also said in `name`. `null` = it runs. */
  readonly skip: string | null;
  /** Rejects with `ContractViolation`. */
  readonly run: () => Promise<void>;
}

/** A case before it is given anything to try. */
export interface Draft<X, Trial> {
  readonly law: Law;
  readonly method: string;
  /** What holds, after the method's name. */
  readonly title: string;
  /** What an application suffers otherwise: one sentence. */
  readonly harm: string;
  /** Why it cannot run on what was given; without it, it always can. */
  readonly whyNot?: (setting: Setting<X>) => string | null;
  readonly run: (trial: Trial) => Promise<void>;
}

/** Thrown inside a case; the case knows its law, its method and the harm. */
class Finding extends Error {}

export const must = (holds: boolean, found: string): void => {
  if (!holds) throw new Finding(found);
};

export interface Contract<X, Trial> {
  readonly name: string;
  readonly drafts: readonly Draft<X, Trial>[];
  /** Makes names nobody has used, for every run anew. */
  readonly begin: (setting: Setting<X>) => Trial;
}

export const casesOf = <X, Trial>(
  { name, drafts, begin }: Contract<X, Trial>,
  options: ContractOptions<X>,
): readonly ContractCase[] => {
  const setting = settingOf(name, options);
  const skip = reasonsOf(
    name,
    options,
    drafts.map(({ law }) => law),
  );
  return drafts.map((draft): ContractCase => {
    const reason = skip[draft.law] ?? draft.whyNot?.(setting) ?? null;
    const title = `${draft.law} ${draft.method}: ${draft.title}`;
    if (reason !== null)
      return { law: draft.law, name: `${title} [skipped: ${reason}]`, skip: reason, run: async () => {} };
    return { law: draft.law, name: title, skip: null, run: () => attempt(draft, begin(setting)) };
  });
};

const attempt = async <X, Trial>({ law, method, harm, run }: Draft<X, Trial>, trial: Trial): Promise<void> => {
  try {
    await run(trial);
  } catch (error) {
    if (error instanceof Finding) throw new ContractViolation(law, `${method}: ${error.message}. ${harm}.`);
    const found = `${method}: a call was rejected with ${String(error)} although the law has an answer for it`;
    throw new ContractViolation(law, `${found}. ${harm}.`, { cause: error });
  }
};

/** What is skipped, after a check that the names are those of laws with cases here and that each has its reason. */
export const reasonsOf = <X>(
  what: string,
  { skip = {} }: ContractOptions<X>,
  known: readonly string[],
): Readonly<Partial<Record<Law, string>>> => {
  for (const [law, reason] of Object.entries(skip)) {
    if (!known.includes(law)) {
      throw new TypeError(
        `${what}: skip names ${law}, of which it has no case; it has ${[...new Set(known)].join(', ')}`,
      );
    }
    if (reason.trim() === '') throw new TypeError(`${what}: skip.${law} needs a reason`);
  }
  return skip;
};
