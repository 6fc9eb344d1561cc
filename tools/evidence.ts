import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Clause,
  clausesOf,
  type EvidenceMap,
  evidenceFolder,
  evidenceMaps,
  type Proof,
  statuses,
} from './evidence-map.ts';
import { isMain, refuseEmpty, report, type Violation, workspace } from './report.ts';
import { titlesOf } from './test-titles.ts';
import { filesOf, isTest, sourcesOf } from './tree.ts';

type Found = Pick<Violation, 'rule' | 'mend'>;

/** What a fragment must have to mean a test and not any test. */
const leastName = 8;

const members: Readonly<Record<keyof Clause, (value: unknown) => boolean>> = {
  clause: (value) => typeof value === 'string' && value !== '',
  level: (value) => value === undefined || value === 1 || value === 2 || value === 3,
  unsure: (value) => value === undefined || value === true,
  requirement: (value) => typeof value === 'string' && value !== '',
  status: (value) => statuses.some((status) => status === value),
  options: (value) => value === undefined || (Array.isArray(value) && value.length > 0),
  tests: (value) => value === undefined || (Array.isArray(value) && value.length > 0),
  note: (value) => value === undefined || (typeof value === 'string' && value !== ''),
};

const shapeOf = (clause: Clause): readonly Found[] => {
  const unknown = Object.keys(clause).filter((name) => !(name in members));
  const wrong = Object.entries(members).filter(([name, check]) => !check(clause[name as keyof Clause]));
  return [...unknown, ...wrong.map(([name]) => name)].map((name) => ({
    rule: `"${name}" is not what tools/evidence-map.ts says`,
    mend: `a status is one of ${statuses.join(', ')}; lists are not empty`,
  }));
};

const claimOf = ({ status, options, tests, note }: Clause): readonly Found[] => {
  const claimed = status === 'default' || status === 'option';
  const found: Found[] = [];
  if (claimed && tests === undefined)
    found.push({ rule: `"${status}" without a test`, mend: 'name the test that proves it, or say "not met"' });
  if (!claimed && note === undefined)
    found.push({ rule: `"${status}" without a note`, mend: 'say what is missing, or who does it' });
  if (!claimed && tests !== undefined)
    found.push({ rule: `"${status}" with a test`, mend: 'a test proves what the SDK does; a note says the rest' });
  if (status === 'option' && options === undefined)
    found.push({ rule: '"option" without its name', mend: 'name it as docs/guide/configuration.md does' });
  return found;
};

/** Names in code marks of the first column; `.absolute` after `session.idle` is `session.absolute`. */
const documentedOptions = (text: string): ReadonlySet<string> => {
  const known = new Set<string>();
  for (const row of text.split('\n').filter((line) => line.startsWith('| '))) {
    let parent = '';
    for (const [, name = ''] of (row.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)) {
      if (!name.startsWith('.')) parent = name.replace(/\.\w+$/, '');
      known.add(name.startsWith('.') ? parent + name : name);
    }
  }
  return known;
};

const declarations = /\breadonly (\w+)\??:|\bexport (?:const|function) (\w+)|^ {2}(\w+)(?:<[^>]*>)?\(/gm;

const declaredNames = (root: string): ReadonlySet<string> =>
  new Set(
    sourcesOf(root, 'packages')
      .filter(({ file }) => !isTest(file))
      .flatMap(({ text }) => [...text.matchAll(declarations)].map(([, a, b, c]) => a ?? b ?? c ?? '')),
  );

/** Where a claim of the map and the tree disagree: each claim names a test that is there, each option one that is documented and declared. */
export const evidenceViolations = (root: string): readonly Violation[] => {
  const maps = evidenceMaps(root);
  const documented = documentedOptions(filesOf(root, 'docs/guide', /^docs\/guide\/configuration\.md$/)[0]?.text ?? '');
  const declared = declaredNames(root);
  const cited = new Set(
    maps.flatMap((map) => clausesOf(map).flatMap(({ tests = [] }) => tests.map(({ file }) => file))),
  );
  const titles = new Map(
    [...cited]
      .filter((file) => isTest(file) && existsSync(join(root, file)))
      .map((file) => [file, titlesOf({ file, text: readFileSync(join(root, file), 'utf8') })] as const),
  );

  const ofTest = ({ file, name }: Proof): readonly Found[] => {
    const known = titles.get(file);
    if (known === undefined) return [{ rule: `no test file ${file}`, mend: 'name the file where the test is now' }];
    if (name.length < leastName)
      return [{ rule: `"${name}" could be any test`, mend: `take ${leastName} letters or more of its title` }];
    if (known.some((title) => title.includes(name))) return [];
    return [{ rule: `no test "${name}" in ${file}`, mend: 'take a piece of its title, letter by letter' }];
  };
  const ofOption = (option: string): readonly Found[] => {
    if (!documented.has(option))
      return [{ rule: `unknown option ${option}`, mend: 'spell it as docs/guide/configuration.md does' }];
    const strange = (option.match(/\w+/g) ?? []).filter((name) => name !== 'request' && !declared.has(name));
    return strange.map((name) => ({ rule: `${name} of ${option} is declared nowhere`, mend: 'mend the guide first' }));
  };
  const ofMap = (map: EvidenceMap): readonly Violation[] => {
    const clauses = clausesOf(map);
    const names = clauses.map(({ clause }) => clause);
    return clauses.flatMap((clause, at) => {
      const found = [
        ...shapeOf(clause),
        ...claimOf(clause),
        ...(clause.tests ?? []).flatMap(ofTest),
        ...(clause.options ?? []).flatMap(ofOption),
        ...(names.indexOf(clause.clause) < at ? [{ rule: 'the clause is there twice', mend: 'make one of them' }] : []),
      ];
      return found.map(({ rule, mend }) => ({ file: map.file, line: 1, rule: `${clause.clause}: ${rule}`, mend }));
    });
  };
  return [...refuseEmpty(maps.flatMap(clausesOf).length, evidenceFolder), ...maps.flatMap(ofMap)];
};

if (isMain(import.meta))
  report('every claim of docs/evidence names tests and options that are there', evidenceViolations(workspace));
