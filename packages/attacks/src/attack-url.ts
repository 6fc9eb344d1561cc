import { readFile } from 'node:fs/promises';
import { attacks } from './attacks.ts';
import type { Profile } from './profile.ts';
import { profileOf } from './profile-flaws.ts';
import { sallyport } from './profiles/sallyport.ts';
import { junit } from './report/junit.ts';
import { checkWritable, written } from './report-files.ts';
import { checkNames, type Report, runAttacks } from './run.ts';
import type { Target } from './target.ts';
import { byUrl, isAllowed, isLoopback } from './url.ts';

/** 0 nothing was found; 1 something was; 2 nothing could be told, or too little: see `Report.incomplete`. */
export type ExitStatus = 0 | 1 | 2;

export interface AttackUrlOptions {
  readonly url: string;
  /** A file; `null` = Sallyport's own routes. */
  readonly profile: string | null;
  readonly outbox: string | null;
  readonly only: readonly string[] | null;
  readonly skip: Readonly<Record<string, string>>;
  /** A file for the report as JUnit XML. */
  readonly junit: string | null;
  /** A file for the report as JSON. */
  readonly json: string | null;
  readonly allow: readonly string[];
  readonly ownThis: boolean;
  /** `null` = 100 on this computer, 10 elsewhere. */
  readonly perSecond: number | null;
}

export interface AttackUrlResult {
  readonly report: Report;
  readonly status: ExitStatus;
  /** A line for each file that could not be written in the end. */
  readonly complaints: readonly string[];
}

/** What a command does: attacks, and says how to exit. Throws for what it cannot or may not do, before anything was attacked. */
export const attackUrl = async (options: AttackUrlOptions): Promise<AttackUrlResult> => {
  const url = new URL(options.url);
  const profile = await profileFor(url, options.profile);
  const outbox = options.outbox ?? profile.outbox;
  const only = options.only ?? undefined;
  checkNames(attacks, [...(only ?? []), ...Object.keys(options.skip)]);
  checkHosts([url, ...(outbox === undefined ? [] : [new URL(outbox, url)])], options);
  const junitFile = { option: '--junit', file: options.junit };
  const jsonFile = { option: '--json', file: options.json };
  await checkWritable([junitFile, jsonFile]);
  const target = await byUrl(options.url, {
    allow: options.allow,
    ownThis: options.ownThis,
    trustsAddressHeader: profile.addressHeader !== undefined,
    ...(outbox === undefined ? {} : { outbox }),
  });
  await checkAnswers(target, profile);
  const report = await runAttacks({
    profile,
    target,
    skip: options.skip,
    bounds: { perSecond: options.perSecond ?? (isLoopback(url) ? 100 : 10) },
    ...(only === undefined ? {} : { only }),
  });
  const complaints = await written([
    { ...junitFile, text: () => junit(report) },
    { ...jsonFile, text: () => `${JSON.stringify(report, null, 2)}\n` },
  ]);
  const status = statusOf(report);
  return { report, status: status === 0 && complaints.length > 0 ? 2 : status, complaints };
};

/** A line for each attack. */
export const listOfAttacks = (): readonly string[] =>
  attacks.map(({ id, class: kind, claim }) => `${id.padEnd(9)} ${kind.padEnd(12)} ${claim}`);

/** `ID=REASON`, again and again. Throws a `TypeError` for an id without a reason. */
export const skipOf = (texts: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    texts.map((text): readonly [string, string] => {
      const at = text.indexOf('=');
      if (at < 1 || text.slice(at + 1).trim() === '')
        throw new TypeError(`--skip ${text}: a reason belongs to it, as ID=REASON`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );

/** Requests a second, from a text. Throws a `TypeError` for what is no such number. */
export const rateOf = (text: string | undefined): number | null => {
  const rate = text === undefined ? null : Number(text);
  if (rate !== null && !(rate > 0 && rate <= 1_000)) throw new TypeError('--rate: between 0 and 1000 a second');
  return rate;
};

const statusOf = ({ results, incomplete }: Report): ExitStatus => {
  if (results.some(({ verdict }) => verdict === 'finding')) return 1;
  return incomplete === null && results.some(({ verdict }) => verdict === 'held') ? 0 : 2;
};

/** In the words of the command, unlike `byUrl`, which would refuse them as well. */
const checkHosts = (urls: readonly URL[], options: AttackUrlOptions): void => {
  const stranger = urls.find((one) => !isAllowed(one, options));
  if (stranger === undefined) return;
  const { hostname } = stranger;
  throw new TypeError(
    `${hostname} is not this computer: name it, --allow ${hostname}, or say that it is yours to attack, --i-own-this`,
  );
};

/** Whatever it answers: that it is not there is said once, and not by every attack. */
const checkAnswers = async (target: Target, { steps }: Profile): Promise<void> => {
  try {
    await target.send({ method: 'GET', path: steps.session.path, headers: [], body: null, address: 1 });
  } catch (error) {
    throw new Error(`nothing answers at ${target.origin}: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const profileFor = async (url: URL, file: string | null): Promise<Profile> => {
  if (file !== null) return profileOf(JSON.parse(await readFile(file, 'utf8')));
  return sallyport(url.protocol === 'http:' ? { cookie: 'sallyport-session' } : {});
};
