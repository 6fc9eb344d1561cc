import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Command, type Exit, type Input, type Io, ProblemError, UsageError } from './command.ts';
import { attack, attackList } from './commands/attack.ts';
import { benchHash } from './commands/bench-hash.ts';
import { doctor } from './commands/doctor.ts';
import { explain } from './commands/explain.ts';
import { keysNew, keysRotate } from './commands/keys.ts';
import { migrate } from './commands/migrate.ts';
import { schema } from './commands/schema.ts';
import { secret } from './commands/secret.ts';
import { helpOf, helpOfAll } from './help.ts';

const commands: readonly Command[] = [
  ...[secret, keysNew, keysRotate, schema, migrate, benchHash, doctor],
  // The longer name first: a list is no URL.
  ...[attackList, attack, explain],
];

/** Runs one command. Never throws, and ends no process; the answer is the exit code. */
export const runCli = async (args: readonly string[], io: Io): Promise<Exit> => {
  const isJson = args.includes('--json');
  try {
    return await dispatch(args, io);
  } catch (error) {
    const { exit, message } = failureOf(error);
    if (isJson) io.out(`${JSON.stringify({ error: message })}\n`);
    else io.err(`${message}\n`);
    return exit;
  }
};

const dispatch = async (args: readonly string[], io: Io): Promise<Exit> => {
  const [first = ''] = args;
  if (first === '--version') {
    io.out(`${versionOf()}\n`);
    return 0;
  }
  if (['', 'help', '--help', '-h'].includes(first)) {
    io.out(helpOfAll(commands));
    return first === '' ? 2 : 0;
  }
  const command = commandOf(args);
  if (args.includes('--help') || args.includes('-h')) {
    io.out(helpOf(command));
    return 0;
  }
  const input = inputOf(command, args.slice(command.name.split(' ').length));
  const { exit, text, note, json } = await command.run(input, io);
  if (input.flags['json'] === true) {
    io.out(`${JSON.stringify(json, null, 2)}\n`);
    return exit;
  }
  io.out(text);
  if (note !== undefined) io.err(`${note}\n`);
  return exit;
};

const commandOf = (args: readonly string[]): Command => {
  const found = commands.find(({ name }) => name === args.slice(0, name.split(' ').length).join(' '));
  if (found !== undefined) return found;
  throw new UsageError(`sallyport has no command "${args[0]}". It has: ${commands.map(({ name }) => name).join(', ')}`);
};

const inputOf = (command: Command, args: readonly string[]): Input => {
  const flags = Object.fromEntries(
    Object.entries(command.flags).map(([name, { type, many = false }]) => [name, { type, multiple: many }]),
  );
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { ...flags, json: { type: 'boolean' } },
    allowPositionals: true,
    strict: true,
  });
  const { takes, name } = command;
  if (positionals.length !== takes.length) {
    throw new UsageError(`sallyport ${name} takes ${takes.length === 0 ? 'flags alone' : takes.join(' ')}; see --help`);
  }
  return { flags: values as Input['flags'], words: positionals };
};

const failureOf = (error: unknown): { readonly exit: Exit; readonly message: string } => {
  if (error instanceof UsageError) return { exit: 2, message: error.message };
  if (error instanceof ProblemError) return { exit: 1, message: error.message };
  const isParsing = error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  if (isParsing) return { exit: 2, message: error.message.split('\n')[0] ?? '' };
  return { exit: 1, message: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
};

const versionOf = (): string => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return manifest.version;
};
