import { type Command, UsageError } from '../command.ts';
import { reference } from '../reference.ts';

export const explain: Command = {
  name: 'explain',
  summary: 'what an error or configuration code means',
  help: `Prints what the reference says of a code: that of an answer ("code" of a problem), or of an AuthConfigError.`,
  takes: ['CODE'],
  flags: {},
  run: async ({ words: [code = ''] }) => {
    const all = entries();
    const found = all.filter(({ codes }) => codes.includes(code));
    if (found.length === 0) throw new UsageError(`"${code}" is no code of ours.${near(code, all)}`);
    const text = found.map(({ page, codes, says }) => {
      const others = codes.filter((other) => other !== code);
      const lines = Object.entries(says).map(([title, words]) => `  ${`${title}:`.padEnd(8)} ${words}\n`);
      const beside = others.length === 0 ? '' : `  in one row with ${others.join(', ')}\n`;
      return `${code} (${page})\n${lines.join('')}${beside}`;
    });
    return {
      exit: 0,
      text: text.join('\n'),
      json: found.map(({ page, codes, says }) => ({ code, page, codes, ...says })),
    };
  },
};

interface Entry {
  readonly page: string;
  readonly codes: readonly string[];
  /** By the titles of the columns; empty ones are left out. */
  readonly says: Readonly<Record<string, string>>;
}

const entries = (): readonly Entry[] => {
  const { errors, configuration } = reference();
  return [...entriesOf('error code', errors), ...entriesOf('configuration error', configuration)];
};

const entriesOf = (page: string, markdown: string): readonly Entry[] => {
  const rows = markdown.split('\n').filter((line) => line.startsWith('|') && !line.startsWith('|--'));
  const [titles = [], ...body] = rows.map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
  return body.map(([first = '', ...cells]) => ({
    page,
    codes: [...first.matchAll(/`([a-z_]+)`/g)].map(([, code = '']) => code),
    says: Object.fromEntries(
      cells
        .map((cell, at) => [titles[at + 1] ?? '', cell.replaceAll('`', '')] as const)
        .filter(([, cell]) => cell !== ''),
    ),
  }));
};

/** Those that share a word with it. */
const near = (code: string, all: readonly Entry[]): string => {
  const words = code.split(/[^a-z]+/).filter((word) => word.length > 2);
  const close = all.flatMap(({ codes }) => codes).filter((other) => words.some((word) => other.includes(word)));
  return close.length === 0 ? '' : ` Near it: ${close.slice(0, 8).join(', ')}`;
};
