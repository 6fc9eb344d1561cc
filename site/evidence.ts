import { type Clause, clausesOf, type EvidenceMap, type Status, statuses } from '../tools/evidence-map.ts';
import type { Source } from './pages.ts';

/** Where the page would be if somebody had written it: its links start there. */
export const evidenceFile = 'docs/reference/evidence.md';

const words: Readonly<Record<Status, string>> = {
  default: 'by default',
  option: 'by an option',
  application: 'your job',
  'not met': '**not met**',
};

const prose = (text: string): string => text.replaceAll('<', '&lt;').replaceAll('|', '\\|');
const code = (text: string): string => `\`${text.replaceAll('`', '').replaceAll('|', '\\|')}\``;
const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
const table = (head: readonly string[], rows: readonly string[]): string =>
  [row(head), `|${'---|'.repeat(head.length)}`, ...rows].join('\n');

const numberOf = ({ clause, unsure }: Clause): string => (unsure === true ? `${clause} ?` : clause);

const testsOf = ({ tests = [] }: Clause): string => {
  const files = [...new Set(tests.map(({ file }) => file))];
  return files
    .map((file) => {
      const names = tests.filter((test) => test.file === file).map(({ name }) => code(name));
      return `${file.slice(file.lastIndexOf('/') + 1).replace('.test.ts', '')}: ${names.join(', ')}`;
    })
    .join('<br>');
};

/** What is met by, or why it is not. */
const byOf = (clause: Clause): string =>
  [(clause.options ?? []).map(code).join(', '), prose(clause.note ?? ''), testsOf(clause)]
    .filter((part) => part !== '')
    .join('<br>');

const chapterOf = (title: string, clauses: readonly Clause[]): string => {
  const withLevels = clauses.some(({ level }) => level !== undefined);
  const rows = clauses.map((clause) =>
    row([
      numberOf(clause),
      ...(withLevels ? [clause.level ?? ''] : []),
      prose(clause.requirement),
      words[clause.status],
      byOf(clause),
    ]),
  );
  return `### ${title}\n\n${table(['clause', ...(withLevels ? ['level'] : []), 'asks', 'met', 'by'], rows)}`;
};

const standardOf = ({ standard, about, chapters, outside = [] }: EvidenceMap): string =>
  [
    `## ${standard}`,
    about,
    ...chapters.map(({ title, clauses }) => chapterOf(title, clauses)),
    ...(outside.length === 0
      ? []
      : ['### Left out', outside.map(({ clauses, reason }) => `- ${prose(clauses)}: ${prose(reason)}`).join('\n')]),
  ].join('\n\n');

const summaryOf = (maps: readonly EvidenceMap[]): string =>
  table(
    ['', ...statuses.map((status) => words[status])],
    maps.map((map) =>
      row([
        map.standard,
        ...statuses.map((status) => clausesOf(map).filter((clause) => clause.status === status).length),
      ]),
    ),
  );

const missing = (maps: readonly EvidenceMap[]): string =>
  table(
    ['standard', 'clause', 'asks', 'why not'],
    maps.flatMap((map) =>
      clausesOf(map)
        .filter(({ status }) => status === 'not met')
        .map((clause) => row([map.standard, numberOf(clause), prose(clause.requirement), prose(clause.note ?? '')])),
    ),
  );

/** The page of the evidence map: what standards ask for, by which option, proved by which test. */
export const evidencePage = (maps: readonly EvidenceMap[]): Source => ({
  file: evidenceFile,
  text: [
    '# Evidence',
    'What standards ask of sign-in code, whether Sallyport does it, and the tests that say so. A claim without a test is no claim: `tools/evidence.ts` fails where a test or an option that is named here is not there. Nobody has certified anything.',
    '“By default” is without any option, of the SDK’s own routes and pages. “Your job” is what a library cannot do for an application. Requirements are in words of ours; read the standard for its own.',
    summaryOf(maps),
    '## Not met',
    missing(maps),
    ...maps.map(standardOf),
  ].join('\n\n'),
});
