import { open, writeFile } from 'node:fs/promises';

/** A file of a report, and the option that names it. */
export interface ReportFile {
  readonly option: string;
  readonly file: string | null;
}

/** Throws for a file that cannot be written: before a run, and not after it. */
export const checkWritable = async (files: readonly ReportFile[]): Promise<void> => {
  for (const { option, file } of files) {
    if (file === null) continue;
    try {
      await (await open(file, 'a')).close();
    } catch (error) {
      throw new TypeError(complaint(option, error));
    }
  }
};

/** Writes; a complaint for each file that could not be written all the same. */
export const written = async (
  files: readonly (ReportFile & { readonly text: () => string })[],
): Promise<readonly string[]> => {
  const complaints: string[] = [];
  for (const { option, file, text } of files) {
    if (file === null) continue;
    try {
      await writeFile(file, text());
    } catch (error) {
      complaints.push(complaint(option, error));
    }
  }
  return complaints;
};

const complaint = (option: string, error: unknown): string =>
  `${option}: cannot be written: ${error instanceof Error ? error.message : String(error)}`;
