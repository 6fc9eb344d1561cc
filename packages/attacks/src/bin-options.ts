import { parseArgs } from 'node:util';
import { type AttackUrlOptions, rateOf, skipOf } from './attack-url.ts';

export interface BinOptions extends Omit<AttackUrlOptions, 'url'> {
  readonly url: string | null;
  /** `-` = to the terminal. */
  readonly json: string | null;
  readonly list: boolean;
  readonly help: boolean;
}

export const usage = `sallyport-attacks URL [options]

  --profile FILE      what the application is like, as JSON; without it, Sallyport's own routes
  --outbox URL        a JSON list of { to, url } that holds the mails; a path is under URL
  --only A,B          ids or classes
  --skip ID=REASON    may be given again and again
  --json FILE         the report as JSON; - for the terminal
  --junit FILE        the report as JUnit XML
  --allow HOST        a host beside this computer; may be given again and again
  --i-own-this        URL is yours to attack, whatever host it is
  --rate N            requests a second; default 100 on this computer, 10 elsewhere
  --list              the attacks, without running any

Exit status: 0 nothing was found; 1 something was found; 2 nothing could be told, or too little: the run was cut short,
the target stopped answering, more than a quarter of what was tried is inconclusive, or a file cannot be written.`;

/** Throws a `TypeError` that says what is wrong. */
export const binOptions = (args: readonly string[]): BinOptions => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      profile: { type: 'string' },
      outbox: { type: 'string' },
      only: { type: 'string' },
      skip: { type: 'string', multiple: true },
      json: { type: 'string' },
      junit: { type: 'string' },
      allow: { type: 'string', multiple: true },
      'i-own-this': { type: 'boolean' },
      rate: { type: 'string' },
      list: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (positionals.length > 1) throw new TypeError('one URL at a time');
  return {
    url: positionals[0] ?? null,
    profile: values.profile ?? null,
    outbox: values.outbox ?? null,
    only: values.only?.split(',') ?? null,
    skip: skipOf(values.skip ?? []),
    json: values.json ?? null,
    junit: values.junit ?? null,
    allow: values.allow ?? [],
    ownThis: values['i-own-this'] ?? false,
    perSecond: rateOf(values.rate),
    list: values.list ?? false,
    help: values.help ?? false,
  };
};
