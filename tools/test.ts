import projects from '../vitest.workspace.ts';
import { whyNoBrowser } from './chromium.ts';
import { workspace } from './report.ts';
import { type Excuse, projectsOf } from './results.ts';
import { pnpm } from './run.ts';
import { whyNotEverywhere } from './runtimes/runtimes.ts';
import { whyNoServices } from './services/binaries.ts';
import { runSuite } from './suite.ts';

const { CI: ci } = process.env;

const browserTests = ['examples'];
const storeTests = [
  'packages/contract',
  'packages/postgres',
  'packages/redis',
  'bench',
  'integration',
  'examples',
  'tools/services',
];

const excuse = (reason: string | null, folders: readonly string[]): readonly Excuse[] =>
  reason === null ? [] : [{ reason, folders }];

const { line, complaints } = runSuite({
  root: workspace,
  projects: projectsOf(projects),
  pnpm,
  excuses: () =>
    ci === 'true'
      ? []
      : [
          ...excuse(whyNoBrowser(), browserTests),
          ...excuse(whyNoServices(), storeTests),
          ...excuse(whyNotEverywhere(), ['tools/runtimes']),
        ],
  print: console.log,
});

for (const complaint of complaints) console.error(`FAILED  ${complaint}`);
if (line !== null) console.log(line);
process.exitCode = complaints.length === 0 ? 0 : 1;
