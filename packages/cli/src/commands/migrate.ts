import { StoreUnavailableError } from '@sallyport/core/ports';
import { migrate as migrateTables } from '@sallyport/postgres';
import { type Command, ProblemError, textFlag } from '../command.ts';
import { openDatabase, schemaPrefix, versionIn } from '../postgres.ts';

export const migrate: Command = {
  name: 'migrate',
  summary: 'brings the tables of DATABASE_URL up to date',
  help: `Brings the tables of the Postgres that DATABASE_URL names up to date: one transaction, under a lock, so that it may run in
several deployments at once. Where everything is there it only reads. Needs pg: npm install pg.`,
  takes: [],
  flags: {
    schema: { type: 'string', value: 'NAME', help: 'where the tables are; by default the search_path decides' },
  },
  run: async (input, io) => {
    const schema = textFlag(input, 'schema');
    const prefix = schemaPrefix(schema);
    const { run, close } = await openDatabase(io);
    try {
      const before = await versionIn(run, prefix);
      await migrateTables(run, schema === undefined ? {} : { schema }).catch(explained);
      const after = await versionIn(run, prefix);
      const text = before === after ? `up to date: version ${after}\n` : `from version ${before} to ${after}\n`;
      return { exit: 0, text, json: { before, after } };
    } finally {
      await close();
    }
  },
};

/** "store unavailable" is what a request is told; here somebody can do something about its cause. */
const explained = (error: unknown): never => {
  if (!(error instanceof StoreUnavailableError)) throw error;
  throw new ProblemError(`nothing was migrated: ${error.cause instanceof Error ? error.cause.message : error.message}`);
};
