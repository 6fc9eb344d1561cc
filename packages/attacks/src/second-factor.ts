import type { Browser } from './browser.ts';
import type { Ground, Outcome, Person } from './ground.ts';
import { succeeded } from './ground.ts';
import type { SecondFactorProfile } from './profile.ts';
import type { Values } from './template.ts';
import { totp } from './totp.ts';
import { given, NotApplicable } from './verdict.ts';
import { memberAt } from './wire.ts';

export const stepMs = 30_000;

export const profileOf = (ground: Ground): SecondFactorProfile => {
  const { secondFactor } = ground.profile;
  if (secondFactor === undefined) throw new NotApplicable('the profile has no `secondFactor`');
  return secondFactor;
};

interface Enrolled {
  readonly person: Person;
  /** Where it was enrolled. */
  readonly browser: Browser;
  readonly secret: string;
  /** Right now, and at no time before. */
  code(): Promise<string>;
  readonly recoveryCodes: readonly string[];
  /** What the code was that confirmed it. */
  readonly used: string;
}

/** Codes that are shown once: when the factor is proposed, or when it is proved. */
const codesOf = (answers: readonly Outcome[], path: string): readonly string[] =>
  answers.flatMap((answer) => {
    const list = memberAt(answer.json, path);
    return Array.isArray(list) ? list.map(String) : [];
  });

/** The secret of a key URI, which apps read from a picture, or what stands there. */
export const secretAt = (answer: Outcome, path: string): string => {
  const text = textAt(answer, path);
  return text.startsWith('otpauth:') && URL.canParse(text) ? (new URL(text).searchParams.get('secret') ?? '') : text;
};

export const textAt = (answer: Outcome, path: string): string => {
  const value = memberAt(answer.json, path);
  return value === undefined ? '' : String(value);
};

/** Codes of a step that the application has not seen: its clock moves, or ours waits. */
export const nextStep = async (ground: Ground): Promise<void> => {
  const { advance } = ground.target;
  if (advance === null) throw new NotApplicable('the clock of the target cannot be moved');
  advance(2 * stepMs);
};

interface Proposed {
  readonly secret: string;
  readonly values: Values;
  readonly answer: Outcome;
}

/** As its owner does: where an application asks for the password again, it is there. */
export const enrol = async (ground: Ground, browser: Browser, { password }: Person): Promise<Proposed> => {
  const { secret = 'secret', id = 'factorId' } = profileOf(ground);
  ground.needs('enrol', 'confirmEnrol', 'secondFactor');
  const answer = await ground.does(browser, 'enrol', { password });
  given(answer.ok && secretAt(answer, secret) !== '', `\`enrol\` answered ${answer.status}, without a secret`);
  return { secret: secretAt(answer, secret), values: { id: textAt(answer, id), password }, answer };
};

/** Somebody with a second factor. */
export const enrolled = async (ground: Ground): Promise<Enrolled> => {
  const { recoveryCodes = 'recoveryCodes' } = profileOf(ground);
  const { person, browser } = await ground.member();
  const { secret, values, answer: proposal } = await enrol(ground, browser, person);
  const code = (): Promise<string> => totp(secret, ground.target.now());
  const used = await code();
  const answer = await ground.does(browser, 'confirmEnrol', { ...values, code: used });
  given(answer.ok, `\`confirmEnrol\` answered ${answer.status} to the right code`);
  // A success may give limits back after its answer, and wrong codes sent in between with them.
  await ground.target.settle();
  await nextStep(ground);
  return { person, browser, secret, code, used, recoveryCodes: codesOf([proposal, answer], recoveryCodes) };
};

/** The password step. */
export const halfway = async (ground: Ground, { email, password }: Person, browser: Browser): Promise<Outcome> => {
  const answer = await ground.does(browser, 'login', { email, password });
  const { due } = profileOf(ground);
  given(succeeded(answer, due), `the right password is answered ${answer.status}, and no second factor is due`);
  return answer;
};

/** Password and code, from a browser that nobody knows. */
export const enters = async (
  ground: Ground,
  person: Person,
  code: string,
  browser: Browser = ground.browser(),
  step: 'secondFactor' | 'recover' = 'secondFactor',
): Promise<Outcome> => {
  const { challenge = 'challenge' } = profileOf(ground);
  const half = await halfway(ground, person, browser);
  const { email, password } = person;
  return ground.does(browser, step, { email, password, challenge: textAt(half, challenge), code });
};

/** How many of ten browsers are signed in by one code at once, each after a password step of its own. */
export const winners = async (
  ground: Ground,
  person: Person,
  step: 'secondFactor' | 'recover',
  code: string,
): Promise<number> => {
  const { challenge = 'challenge' } = profileOf(ground);
  const { email, password } = person;
  const ready: (readonly [Browser, Outcome])[] = [];
  for (let i = 0; i < 10; i += 1) {
    const browser = ground.browser();
    ready.push([browser, await halfway(ground, person, browser)]);
  }
  const answers = await Promise.all(
    ready.map(([browser, half]) =>
      ground.does(browser, step, { email, password, challenge: textAt(half, challenge), code }),
    ),
  );
  for (const { status } of answers) given(status < 500, `\`${step}\` answered ${status}`);
  const won = answers.filter(({ ok }) => ok).length;
  given(won > 0, 'the right code is refused to all of them');
  return won;
};
