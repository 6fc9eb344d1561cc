import type { Command } from './command.ts';

const column = 26;

const row = (left: string, right: string): string => `  ${left.padEnd(column)}${right}\n`;

const usageOf = ({ name, takes, flags }: Command): string => {
  const words = takes.map((word) => ` ${word}`).join('');
  const known = Object.entries(flags).map(
    ([flag, { value }]) => ` [--${flag}${value === undefined ? '' : ` ${value}`}]`,
  );
  return `sallyport ${name}${words}${known.join('')} [--json]`;
};

export const helpOf = (command: Command): string => {
  const flags = Object.entries(command.flags).map(([flag, { value, help }]) =>
    row(`--${flag}${value === undefined ? '' : ` ${value}`}`, help),
  );
  const all = [...flags, row('--json', 'the answer as JSON'), row('--help', 'this')].join('');
  return `${usageOf(command)}\n\n${command.help}\n\n${all}`;
};

export const helpOfAll = (commands: readonly Command[]): string => {
  const rows = commands.map(({ name, takes, summary }) => row([name, ...takes].join(' '), summary)).join('');
  return `sallyport COMMAND\n\n${rows}\nsallyport COMMAND --help tells more. Exit: 0 done, 1 a problem was found, 2 not understood.\n`;
};
