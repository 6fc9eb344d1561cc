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
  const toTerminal = options.json === '-';
  const { report, status, complaints } = await attackUrl({ ...options, url, json: toTerminal ? null : options.json });
  print(toTerminal ? JSON.stringify(report, null, 2) : table(report));
  for (const complaint of complaints) print(complaint);
  return status;
};
