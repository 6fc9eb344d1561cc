#!/usr/bin/env node
import { runCli } from './main.ts';

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  elapsed: () => performance.now(),
});
