import projects from '../vitest.workspace.ts';
import { whyNoBrowser } from './chromium.ts';
import { workspace } from './report.ts';
import { projectsOf } from './results.ts';
import { pnpm } from './run.ts';
import { runSuite } from './suite.ts';

const { CI: ci } = process.env;

const { line, complaints } = runSuite({
  root: workspace,
  projects: projectsOf(projects),
  pnpm,
  noBrowser: () => (ci === 'true' ? null : whyNoBrowser()),
  print: console.log,
});

for (const complaint of complaints) console.error(`FAILED  ${complaint}`);
if (line !== null) console.log(line);
process.exitCode = complaints.length === 0 ? 0 : 1;
