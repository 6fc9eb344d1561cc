import type { Figure } from '../measure.ts';
import { isMet, type PeerResults } from './results.ts';
import type { Trips } from './trips.ts';

type Row = readonly string[];

/** What goes into a page, and onto the screen. */
export const tables = (results: PeerResults): string =>
  [checkTable(results), goalTable(results), loginTable(results), bundleTable(results)].join('\n\n');

export const checkTable = ({ checks }: PeerResults): string =>
  markdown(
    ['`GET /me`', 'requests a second', 'CPU µs a request', 'in process, µs', 'of it CPU, µs', 'store round trips'],
    checks.map(({ name, perSecond, cpuUs, inProcessUs, inProcessCpuUs, trips }) => [
      name,
      spread(perSecond),
      spread(cpuUs),
      inProcessUs === null ? '' : spread(inProcessUs),
      inProcessCpuUs === null ? '' : spread(inProcessCpuUs),
      tripsOf(trips),
    ]),
  );

export const optionTable = ({ checks, logins }: PeerResults): string =>
  markdown(
    ['contender', 'as it was set up'],
    [...checks, ...logins].map(({ name, about }) => [name, about]),
  );

export const goalTable = ({ goals }: PeerResults): string =>
  markdown(
    ['ours / other', 'by', 'goal', 'median (least to most)', ''],
    goals.map((goal) => [
      goal.what,
      goal.unit,
      `${goal.wanted} ${goal.bound}`,
      goal.ratio.min === goal.ratio.max ? short(goal.ratio.median) : spread(goal.ratio),
      isMet(goal) ? 'met' : '**missed**',
    ]),
  );

export const loginTable = ({ logins }: PeerResults): string =>
  markdown(
    ['login by password', 'a second', 'CPU ms each', 'event-loop delay p99, ms'],
    logins.map(({ name, perSecond, cpuMs, loopDelayP99Ms }) => [
      name.replace('login, ', ''),
      spread(perSecond),
      spread(cpuMs),
      spread(loopDelayP99Ms),
    ]),
  );

export const bundleTable = ({ bundles }: PeerResults): string =>
  markdown(
    ['bundle', 'with gzip', 'minified', 'on demand, with gzip'],
    bundles.map(({ name, gzipped, minified, later }) => [
      name,
      kb(gzipped),
      kb(minified),
      later === 0 ? '' : kb(later),
    ]),
  );

export const versionLine = ({ versions }: PeerResults): string =>
  Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');

export const short = (value: number): string => {
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
};

const spread = ({ median, min, max }: Figure): string => `${short(median)} (${short(min)} to ${short(max)})`;

const kb = (bytes: number): string => `${(bytes / 1_024).toFixed(1)} KB`;

const tripsOf = ({ redis, statements }: Trips): string => {
  const parts = [redis.join(', '), statements === 0 ? '' : `${statements} statement${statements === 1 ? '' : 's'}`];
  return parts.filter((part) => part !== '').join(' and ') || 'none';
};

const markdown = (head: Row, rows: readonly Row[]): string => {
  const line = (cells: Row): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, at) => (at === 0 ? '---' : '--:'));
  return [line(head), `|${rule.join('|')}|`, ...rows.map(line)].join('\n');
};
