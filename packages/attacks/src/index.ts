export type { Attack, AttackClass } from './attack.ts';
export {
  type AttackUrlOptions,
  type AttackUrlResult,
  attackUrl,
  type ExitStatus,
  listOfAttacks,
  rateOf,
  skipOf,
} from './attack-url.ts';
export { attacks } from './attacks.ts';
export type { Browser } from './browser.ts';
export type { Ground, Outcome, Person, Twist } from './ground.ts';
export {
  type Claims,
  type Lie,
  type LyingProvider,
  type LyingProviderOptions,
  lyingProvider,
  type Redemption,
} from './lying-provider.ts';
export type { Mailbox, Mark } from './mailbox.ts';
export { type Bounds, defaultBounds } from './meter.ts';
export type {
  Expect,
  Profile,
  Step,
  StepName,
  Steps,
  Template,
} from './profile.ts';
export { profileOf } from './profile-flaws.ts';
export { type SallyportProfile, sallyport } from './profiles/sallyport.ts';
export { junit } from './report/junit.ts';
export { table } from './report/table.ts';
export { type Report, type Result, type RunOptions, runAttacks, tryAttack, type Verdict } from './run.ts';
export { type InProcess, inProcess, type Mail, type Target } from './target.ts';
export type { Values } from './template.ts';
export { type ByUrl, byUrl } from './url.ts';
export { Finding, NotApplicable, Unclear } from './verdict.ts';
export type { Answer, Received, Sent, SetCookie, Transport } from './wire.ts';
