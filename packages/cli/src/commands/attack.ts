import { type Command, type Input, type Outcome, textFlag, textsFlag, UsageError } from '../command.ts';

/** Loaded when it is asked for: every other command starts without it. */
const suite = () => import('@sallyport/attacks');

export const attackList: Command = {
  name: 'attack list',
  summary: 'the attacks, without running any',
  help: 'A line for each attack: its id, its class, and what holds where it fails.',
  takes: [],
  flags: {},
  run: async () => {
    const { attacks, listOfAttacks } = await suite();
    const json = attacks.map(({ id, class: kind, title, claim }) => ({ id, class: kind, title, claim }));
    return { exit: 0, text: `${listOfAttacks().join('\n')}\n`, json };
  },
};

export const attack: Command = {
  name: 'attack',
  summary: 'attacks an application, whatever it is written in',
  help: `Signs up, signs in and misbehaves at URL, e.g. http://localhost:3000, as @sallyport/attacks does, and says which defences held.
It registers people and leaves them there: use a database of your tests. Another host than this machine has to be named by
--allow, or be yours: --i-own-this.

Exit: 0 nothing was found; 1 something was found; 2 nothing could be told, or too little: the run was cut short, the target
stopped answering, more than a quarter of what was tried is inconclusive, or a file cannot be written.`,
  takes: ['URL'],
  flags: {
    profile: { type: 'string', value: 'FILE', help: 'what the application is like, as JSON; else our own routes' },
    outbox: { type: 'string', value: 'URL', help: 'a JSON list of { to, url } with the mails; a path is under URL' },
    only: { type: 'string', value: 'A,B', help: 'ids or classes' },
    skip: { type: 'string', many: true, value: 'ID=REASON', help: 'not this one; again and again' },
    junit: { type: 'string', value: 'FILE', help: 'the report as JUnit XML, too' },
    allow: { type: 'string', many: true, value: 'HOST', help: 'a host that may be attacked; again and again' },
    'i-own-this': { type: 'boolean', help: 'URL is mine to attack, whatever host it is' },
    rate: { type: 'string', value: 'N', help: 'requests a second; default 100 here, 10 elsewhere' },
  },
  run: async (input) => {
    const { attackUrl, rateOf, skipOf, table } = await suite();
    const { report, status, complaints } = await understood(async () =>
      attackUrl({
        url: input.words[0] ?? '',
        profile: textFlag(input, 'profile') ?? null,
        outbox: textFlag(input, 'outbox') ?? null,
        only: textFlag(input, 'only')?.split(',') ?? null,
        skip: skipOf(textsFlag(input, 'skip')),
        junit: textFlag(input, 'junit') ?? null,
        json: null,
        allow: textsFlag(input, 'allow'),
        ownThis: isSet(input, 'i-own-this'),
        perSecond: rateOf(textFlag(input, 'rate')),
      }),
    );
    const note = complaints.length === 0 ? {} : { note: complaints.join('\n') };
    return { exit: status, text: `${table(report)}\n`, json: report, ...note } satisfies Outcome;
  },
};

const isSet = ({ flags }: Input, name: string): boolean => flags[name] === true;

/** What is thrown before a request was made is about the words of the command. */
const understood = async <T>(run: () => Promise<T>): Promise<T> => {
  try {
    return await run();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
};
