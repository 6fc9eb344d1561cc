import { tell, tellInEdgeVm, tellInWorker, withFile } from './run.ts';
import { type Edge, runtimes, vercelEdge, workerd } from './runtimes.ts';
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

const showEdge = ({ name, leftOut }: Edge, told: readonly Told[]): void => {
  show(name, told);
  for (const [step, why] of Object.entries(leftOut)) console.log(`  not run ${step}: ${why}`);
};
showEdge(workerd, await tellInWorker());
showEdge(vercelEdge, await tellInEdgeVm());
