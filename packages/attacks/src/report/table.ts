import type { Report, Result, Verdict } from '../run.ts';

const words: Readonly<Record<Verdict, string>> = {
  held: 'held',
  finding: 'FINDING',
  'not applicable': 'n/a',
  inconclusive: 'unclear',
};

/** For people: a line for each attack, findings last, then how many of each. */
export const table = ({ target, profile, results, requests, incomplete }: Report): string => {
  const width = Math.max(...results.map(({ id }) => id.length), 2);
  const line = ({ id, verdict, title, detail }: Result): string =>
    `${id.padEnd(width)}  ${words[verdict].padEnd(7)}  ${title}${verdict === 'held' ? '' : `\n${' '.repeat(width + 11)}${printable(detail)}`}`;
  const findings = results.filter(({ verdict }) => verdict === 'finding');
  const others = results.filter(({ verdict }) => verdict !== 'finding');
  return [
    `${target}, as ${profile}: ${results.length} attacks, ${requests} requests`,
    '',
    ...others.map(line),
    ...(findings.length === 0
      ? []
      : ['', ...findings.map((one) => `${line(one)}\n${' '.repeat(width + 11)}should hold: ${one.claim}`)]),
    '',
    (Object.keys(words) as Verdict[])
      .map((verdict) => `${results.filter((one) => one.verdict === verdict).length} ${verdict}`)
      .join(', '),
    ...(incomplete === null ? [] : [`Incomplete: ${incomplete}.`]),
  ].join('\n');
};

/** What a target has answered cannot move the cursor of a terminal. */
const printable = (text: string): string => text.replace(/\p{Cc}/gu, ' ').slice(0, 300);
