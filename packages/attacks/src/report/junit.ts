import type { Report, Result, Verdict } from '../run.ts';

/** JUnit XML, a suite for each class: a finding is a failure, what tells nothing an error, and what does not apply is skipped. */
export const junit = ({ target, results }: Report): string => {
  const classes = [...new Set(results.map((one) => one.class))];
  const suites = classes.map((name) => {
    const own = results.filter((one) => one.class === name);
    const count = (wanted: Verdict): number => own.filter(({ verdict }) => verdict === wanted).length;
    const counts = `failures="${count('finding')}" errors="${count('inconclusive')}" skipped="${count('not applicable')}"`;
    return [
      `  <testsuite name="${escaped(name)}" tests="${own.length}" ${counts}>`,
      ...own.map(testcase),
      '  </testsuite>',
    ].join('\n');
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="sallyport-attacks ${escaped(target)}">\n${suites.join('\n')}\n</testsuites>\n`;
};

const testcase = ({ id, class: kind, title, claim, verdict, detail }: Result): string => {
  const open = `    <testcase classname="${escaped(kind)}" name="${escaped(`${id} ${title}`)}"`;
  if (verdict === 'held') return `${open}/>`;
  const message = `message="${escaped(detail)}"`;
  const inner = {
    finding: `<failure ${message}>${escaped(claim)}</failure>`,
    inconclusive: `<error ${message}/>`,
    'not applicable': `<skipped ${message}/>`,
  };
  return `${open}>${inner[verdict]}</testcase>`;
};

const escaped = (text: string): string =>
  text
    // Most control characters have no form in XML 1.0 at all.
    .replace(/[^\t\n\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, ' ')
    .replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
