import { readFile, writeFile } from 'node:fs/promises';
import { attacks } from './attacks.ts';
import { type Profile, profileOf } from './profile.ts';
import { sallyport } from './profiles/sallyport.ts';
import { junit } from './report/junit.ts';
import { type Report, runAttacks } from './run.ts';
import { byUrl, isLoopback } from './url.ts';

/** 0 nothing was found, 1 something was found, 2 nothing could be told. */
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
  readonly allow: readonly string[];
  readonly ownThis: boolean;
  /** `null` = 100 on this computer, 10 elsewhere. */
  readonly perSecond: number | null;
}

/** What a command does: attacks, and says how to exit. Throws for what it cannot or may not do. */
export const attackUrl = async (
  options: AttackUrlOptions,
): Promise<{ readonly report: Report; readonly status: ExitStatus }> => {
  const url = new URL(options.url);
  const profile = await profileFor(url, options.profile);
  const outbox = options.outbox ?? profile.outbox;
  const target = await byUrl(options.url, {
    allow: options.allow,
    ownThis: options.ownThis,
    trustsAddressHeader: profile.addressHeader !== undefined,
    ...(outbox === undefined ? {} : { outbox }),
  });
  const report = await runAttacks({
    profile,
    target,
    skip: options.skip,
    bounds: { perSecond: options.perSecond ?? (isLoopback(url) ? 100 : 10) },
    ...(options.only === null ? {} : { only: options.only }),
  });
  if (options.junit !== null) await writeFile(options.junit, junit(report));
  return { report, status: statusOf(report) };
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

const statusOf = ({ results }: Report): ExitStatus => {
  if (results.some(({ verdict }) => verdict === 'finding')) return 1;
  return results.some(({ verdict }) => verdict === 'held') ? 0 : 2;
};

const profileFor = async (url: URL, file: string | null): Promise<Profile> => {
  if (file !== null) return profileOf(JSON.parse(await readFile(file, 'utf8')));
  return sallyport(url.protocol === 'http:' ? { cookie: 'sallyport-session' } : {});
};
