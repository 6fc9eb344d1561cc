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
  return [...refuseEmpty(files.length, '.github/workflows'), ...rights, ...files.flatMap(linesOf)];
};

if (isMain(import.meta)) report('workflows pin what they use and ask for few rights', workflowViolations(workspace));
