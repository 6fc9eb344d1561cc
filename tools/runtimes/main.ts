import { tell, tellInWorker, withFile } from './run.ts';
import { runtimes } from './runtimes.ts';
import type { Told } from './told/step.ts';

const show = (name: string, told: readonly Told[]): void => {
  console.log(`\n${name}`);
  for (const { step, fault } of told)
    console.log(`  ${fault === null ? 'ok    ' : 'FAILED'}  ${step}${fault === null ? '' : `: ${fault}`}`);
  if (told.some(({ fault }) => fault !== null)) process.exitCode = 1;
};

await withFile(async (path) => {
  for (const { name, command } of runtimes) {
    if (command === null) console.log(`\n${name}\n  not tried: no binary for ${process.platform} on ${process.arch}`);
    else show(name, await tell(command, path));
  }
});
show('workerd', await tellInWorker());
