import { readFile, writeFile } from 'node:fs/promises';
import { attacks } from './attacks.ts';
import { type BinOptions, binOptions, usage } from './bin-options.ts';
import { type Profile, profileOf } from './profile.ts';
import { sallyport } from './profiles/sallyport.ts';
import { junit } from './report/junit.ts';
import { table } from './report/table.ts';
import { type Report, runAttacks } from './run.ts';
import { byUrl, isLoopback } from './url.ts';

/** 0 nothing was found, 1 something was found, 2 nothing could be told. */
export type ExitStatus = 0 | 1 | 2;

/** The command; `print` takes whole lines. */
export const cli = async (args: readonly string[], print: (text: string) => void): Promise<ExitStatus> => {
  try {
    const options = binOptions(args);
    if (options.list) {
      for (const { id, class: kind, claim } of attacks) print(`${id.padEnd(9)} ${kind.padEnd(12)} ${claim}`);
      return 0;
    }
    if (options.help || options.url === null) {
      print(usage);
      return options.help ? 0 : 2;
    }
    return await attack(options.url, options, print);
  } catch (error) {
    print(error instanceof Error ? error.message : String(error));
    return 2;
  }
};

const attack = async (address: string, options: BinOptions, print: (text: string) => void): Promise<ExitStatus> => {
  const url = new URL(address);
  const profile = await profileFor(url, options.profile);
  const outbox = options.outbox ?? profile.outbox;
  const target = await byUrl(address, {
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
  await write(report, options, print);
  if (report.results.some(({ verdict }) => verdict === 'finding')) return 1;
  return report.results.some(({ verdict }) => verdict === 'held') ? 0 : 2;
};

const profileFor = async (url: URL, file: string | null): Promise<Profile> => {
  if (file !== null) return profileOf(JSON.parse(await readFile(file, 'utf8')));
  return sallyport(url.protocol === 'http:' ? { cookie: 'sallyport-session' } : {});
};

const write = async (
  report: Report,
  { json, junit: xml }: BinOptions,
  print: (text: string) => void,
): Promise<void> => {
  const text = JSON.stringify(report, null, 2);
  print(json === '-' ? text : table(report));
  if (json !== null && json !== '-') await writeFile(json, `${text}\n`);
  if (xml !== null) await writeFile(xml, junit(report));
};
