import { isMain, refuseEmpty, report, type Violation, workspace } from './report.ts';
import { filesOf, type TextFile } from './tree.ts';

const pinned = /@[0-9a-f]{40} # v\d/;

const linesOf = ({ file, text }: TextFile): readonly Violation[] =>
  text.split('\n').flatMap((line, at): readonly Violation[] => {
    const found = (rule: string, mend: string): Violation => ({ file, line: at + 1, rule, mend });
    if (/^\s*(?:- )?uses: (?!\.\/)/.test(line) && !pinned.test(line))
      return [found('an action that is not pinned', 'name the commit, and its version in a comment')];
    if (/^\s*(?:contents|packages|actions|id-token|[\w-]+): write\b/.test(line) && !line.includes('id-token'))
      return [found('a right to write', 'leave it out: publishing asks for id-token alone')];
    if (/\$\{\{\s*github\.(?:event|head_ref)/.test(line))
      return [found('text of a stranger in a script', 'hand it over in env')];
    return [];
  });

/** Jobs by their names; comments and order stay. */
const jobsOf = (text: string): readonly string[] => text.split(/^ {2}(?=[\w-]+:$)/m);

/** Whatever is installed or run beside the right to publish could publish. */
const mixed = ({ file, text }: TextFile): readonly Violation[] =>
  jobsOf(text)
    .filter(
      (job) =>
        /^\s+id-token: write\b/m.test(job) && /actions\/checkout|\bnpx\b|\bpnpm\b|npm (?:ci|install)|\.ci\//.test(job),
    )
    .map(() => ({
      file,
      line: 1,
      rule: 'a job that may publish runs more than the publishing',
      mend: 'test and pack in a job without the right, and hand over the tarballs',
    }));

/** Actions are pinned by commit, jobs read and write nothing but what they must (OpenSSF Scorecard: Pinned-Dependencies, Token-Permissions). */
export const workflowViolations = (root: string): readonly Violation[] => {
  const files = filesOf(root, '.github/workflows', /\.ya?ml$/);
  const open = files.filter(({ text }) => !/^permissions:\n {2}contents: read$/m.test(text));
  const rights = open.map(({ file }) => ({
    file,
    line: 1,
    rule: 'no permissions at the top',
    mend: 'permissions:\\n  contents: read',
  }));
  return [
    ...refuseEmpty(files.length, '.github/workflows'),
    ...rights,
    ...files.flatMap(linesOf),
    ...files.flatMap(mixed),
  ];
};

if (isMain(import.meta)) report('workflows pin what they use and ask for few rights', workflowViolations(workspace));
