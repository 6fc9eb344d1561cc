import { writeFileSync } from 'node:fs';
import { type ColdFigures, coldImports } from './cold/imports.ts';
import { machine } from './measure.ts';

/** `pnpm bench:cold [rounds] [file]`: fresh processes that import, over one that imports nothing; JSON where a file is named. */
const rounds = Number(process.argv[2] ?? 15);
const file = process.argv[3];

const titles = ['ms', 'ms of CPU', 'MB resident', 'MB of heap'];
const line = ([name, { ms, cpuMs, mb, heapMb }]: readonly [string, ColdFigures]): string => {
  const cells = [ms, cpuMs, mb, heapMb].map(({ median, min, max }) =>
    `${median.toFixed(1)} (${min.toFixed(1)} to ${max.toFixed(1)})`.padStart(24),
  );
  return `  ${name.padEnd(46)}${cells.join('')}`;
};

const results = await coldImports(rounds);
const head = `  ${'over Node alone'.padEnd(46)}${titles.map((title) => title.padStart(24)).join('')}`;
console.info(['A process that starts', head, ...Object.entries(results).map(line)].join('\n'));
if (file !== undefined) {
  writeFileSync(file, `${JSON.stringify({ machine: machine(), rounds, coldImports: results }, null, 2)}\n`);
}
