export type { Exit, Io } from './command.ts';
export type { Line, Report, Verdict } from './doctor/report.ts';
export { runCli } from './main.ts';
