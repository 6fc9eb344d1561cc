import { readFileSync } from 'node:fs';

/** A file that the guide has its reader write. */
export interface Step {
  /** Of the heading it stands under: `## 3. …`. */
  readonly number: number;
  readonly path: string;
  readonly text: string;
}

export const guide: string = readFileSync(
  new URL('../../../docs/guide/write-a-storage-adapter.md', import.meta.url),
  'utf8',
);

/** A fence whose path stands above it, in the order of the page. */
const fence = /^## (\d+)\.|^`([\w./-]+)`\n\n```\w*\n([\s\S]*?)\n```$/gm;

export const stepsOf = (page: string): readonly Step[] => {
  let number = 0;
  return [...page.matchAll(fence)].flatMap(([, heading, path, text]): readonly Step[] => {
    if (heading !== undefined) number = Number(heading);
    return path === undefined || text === undefined ? [] : [{ number, path, text: `${text}\n` }];
  });
};

/** What lies in the reader's folder after a step. */
export const folderAfter = (steps: readonly Step[], number: number): ReadonlyMap<string, string> =>
  new Map(steps.filter((step) => step.number <= number).map(({ path, text }) => [path, text]));
