/** What a command may touch besides the network: everything it reads comes from here and from its flags. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  out(text: string): void;
  err(text: string): void;
  /** Milliseconds of a clock that only rises, for what is measured. */
  elapsed(): number;
}

/** 0 = done, nothing wrong; 1 = a problem was found, or something does not answer; 2 = the command was not understood. */
export type Exit = 0 | 1 | 2;

export interface Outcome {
  readonly exit: Exit;
  /** For a person: what goes to standard output. */
  readonly text: string;
  /** For a person who looks at a terminal: to standard error, so that `$(sallyport …)` gets the value alone. */
  readonly note?: string;
  /** With `--json`, instead of both. */
  readonly json: unknown;
}

/** One flag. Every command also has `--json` and `--help`. */
export interface Flag {
  readonly type: 'string' | 'boolean';
  /** May be given again and again. */
  readonly many?: boolean;
  /** For the help: `--name VALUE`, and what it does. */
  readonly value?: string;
  readonly help: string;
}

export interface Input {
  readonly flags: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  /** As many as `takes` names. */
  readonly words: readonly string[];
}

export interface Command {
  /** One word or two. */
  readonly name: string;
  readonly summary: string;
  readonly help: string;
  /** Names of the words that must follow. */
  readonly takes: readonly string[];
  readonly flags: Readonly<Record<string, Flag>>;
  run(input: Input, io: Io): Promise<Outcome>;
}

/** The command was not understood, or the environment lacks what it needs: exit 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Something outside does not do what it should; the message is for a person and holds no secret: exit 1. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
}

export const textFlag = ({ flags }: Input, name: string): string | undefined => {
  const value = flags[name];
  return typeof value === 'string' ? value : undefined;
};

export const textsFlag = ({ flags }: Input, name: string): readonly string[] => {
  const value = flags[name];
  return Array.isArray(value) ? value : [];
};

/** A whole number within bounds, or a usage error that names them. */
export const numberFlag = (input: Input, name: string, bounds: { least: number; most: number }): number | undefined => {
  const text = textFlag(input, name);
  if (text === undefined) return undefined;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= bounds.least && value <= bounds.most)) {
    throw new UsageError(`--${name} takes a whole number from ${bounds.least} to ${bounds.most}`);
  }
  return value;
};
