import { type Command, numberFlag, textFlag, UsageError } from '../command.ts';
import { migrationFiles } from '../postgres.ts';

export const schema: Command = {
  name: 'schema',
  summary: 'the SQL of the tables',
  help: `Prints the SQL of @sallyport/postgres, for whoever migrates with a tool of their own. It can be run again and records which
version it made; "sallyport migrate" runs the same.`,
  takes: [],
  flags: {
    dialect: { type: 'string', value: 'NAME', help: 'postgres, the only one' },
    from: { type: 'string', value: 'N', help: 'the first migration wanted; 1 by default' },
  },
  run: async (input) => {
    if ((textFlag(input, 'dialect') ?? 'postgres') !== 'postgres') throw new UsageError('--dialect takes postgres');
    const from = numberFlag(input, 'from', { least: 1, most: 999 }) ?? 1;
    const wanted = migrationFiles().filter(({ version }) => version >= from);
    const text = wanted.map(({ file, sql }) => `-- ${file}\n${sql}`).join('\n');
    return { exit: 0, text: text === '' ? `-- nothing from ${from} on\n` : text, json: { migrations: wanted } };
  },
};
