import type { TextFile } from './tree.ts';

/** A fenced block of TypeScript. */
export interface Block {
  readonly file: string;
  /** Of the first line of code. */
  readonly line: number;
  readonly code: string;
  /** From `<!-- with: … -->` right above the fence: declarations that the reader knows from the text. */
  readonly declarations: string;
  /** The fence says `no-check`. */
  readonly skipped: boolean;
}

const opening = /^ *(`{3,}|~{3,})([^`]*)$/;
const given = /<!-- with:((?:(?!-->)[\s\S])*)-->\s*$/;

const closes = (line: string, fence: string): boolean => line.trim().startsWith(fence) && /^ *(?:`+|~+) *$/.test(line);

/** Fences of other languages are walked over whole, so that a fence shown inside one is no block. */
export const blocksOf = ({ file, text }: TextFile): readonly Block[] => {
  const lines = text.split('\n');
  const blocks: Block[] = [];
  let after = 0;
  for (let at = 0; at < lines.length; at += 1) {
    const [, fence = '', info = ''] = opening.exec(lines[at] ?? '') ?? [];
    if (fence === '') continue;
    const found = lines.findIndex((line, index) => index > at && closes(line, fence));
    const end = found === -1 ? lines.length : found;
    const [language = '', ...marks] = info.trim().split(/\s+/);
    const declarations = given.exec(lines.slice(after, at).join('\n'))?.[1]?.trim() ?? '';
    const code = lines.slice(at + 1, end).join('\n');
    const skipped = marks.includes('no-check');
    if (language === 'ts' || language === 'typescript')
      blocks.push({ file, line: at + 2, code, declarations, skipped });
    after = end + 1;
    at = end;
  }
  return blocks;
};
