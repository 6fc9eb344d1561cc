import type { PeerResults } from './results.ts';
import { bundleTable, checkTable, goalTable, loginTable, optionTable, versionLine } from './tables.ts';

const parts: Readonly<Record<string, (results: PeerResults) => string>> = {
  conditions: (results) => {
    const { date, machine, rounds, turns, turnSeconds, connections, isPinned } = results;
    const processors = isPinned
      ? 'The server had one processor; the load generator, Redis and Postgres shared the others.'
      : 'Server, load generator and stores shared the processors.';
    const trial =
      '**Fewer than nine rounds, or a machine that was busy with other things: these figures are of a trial, and say little.**';
    return [
      ...(rounds < 9 || machine.load > 2 * machine.cores ? [trial, ''] : []),
      `Measured on ${date}: ${machine.cores} × ${machine.cpu}, Node ${machine.node.slice(1)}, ${rounds} rounds of`,
      `${turns} ${turns === 1 ? 'turn' : 'turns'} of ${turnSeconds} s after the warm-up, ${connections} connections; mean load at the end ${machine.load.toFixed(1)}. ${processors}`,
      '',
      `Versions: ${versionLine(results)}.`,
    ].join('\n');
  },
  checks: checkTable,
  goals: goalTable,
  logins: loginTable,
  bundles: bundleTable,
  options: optionTable,
};

/** The page with every part between `<!-- results: name -->` and `<!-- end -->` made anew; the prose around them stays. */
export const pageWith = (page: string, results: PeerResults): string => {
  const found = new Set<string>();
  const made = page.replaceAll(
    /(<!-- results: (\w+) -->\n)[\s\S]*?(\n<!-- end -->)/g,
    (_, start: string, name: string, end: string) => {
      const part = parts[name];
      if (part === undefined) throw new Error(`the page asks for ${name}, which nobody makes`);
      found.add(name);
      return `${start}\n${part(results)}\n${end}`;
    },
  );
  const missing = Object.keys(parts).filter((name) => !found.has(name));
  if (missing.length > 0) throw new Error(`the page has no place for ${missing.join(', ')}`);
  return made;
};
