import { writeFile } from 'node:fs/promises';
import { attackUrl, type ExitStatus, listOfAttacks } from './attack-url.ts';
import { type BinOptions, binOptions, usage } from './bin-options.ts';
import { table } from './report/table.ts';

/** The command; `print` takes whole lines. */
export const cli = async (args: readonly string[], print: (text: string) => void): Promise<ExitStatus> => {
  try {
    const options = binOptions(args);
    if (options.list) {
      for (const line of listOfAttacks()) print(line);
      return 0;
    }
    const { url } = options;
    if (options.help || url === null) {
      print(usage);
      return options.help ? 0 : 2;
    }
    return await attack(url, options, print);
  } catch (error) {
    print(error instanceof Error ? error.message : String(error));
    return 2;
  }
};

const attack = async (url: string, options: BinOptions, print: (text: string) => void): Promise<ExitStatus> => {
  const { report, status } = await attackUrl({ ...options, url });
  const text = JSON.stringify(report, null, 2);
  print(options.json === '-' ? text : table(report));
  if (options.json !== null && options.json !== '-') await writeFile(options.json, `${text}\n`);
  return status;
};
