import type { Profile, StepName } from './profile.ts';

/** A profile from JSON. Throws a `TypeError` with a line for each flaw. */
export const profileOf = (value: unknown): Profile => {
  const flaws = profileFlaws(value);
  if (flaws.length > 0) throw new TypeError(`the profile cannot be used:\n${flaws.join('\n')}`);
  return value as Profile;
};

/** What a member has to be: a line for each flaw. */
type Check = (value: unknown, at: string) => readonly string[];

/** Down to the members of its steps; empty for a good one. */
const profileFlaws = (value: unknown): readonly string[] =>
  isObject(value)
    ? membersOf('a profile', profile, ['name', 'session', 'steps'])(value, '')
    : ['a profile is an object'];

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const be =
  (what: string, holds: (value: unknown) => boolean): Check =>
  (value, at) =>
    holds(value) ? [] : [`${at}: ${what}`];

/** An object with these members and no others. */
const membersOf =
  (what: string, checks: Readonly<Record<string, Check>>, needed: readonly string[] = []): Check =>
  (value, at) => {
    if (!isObject(value)) return [`${at}: an object`];
    const path = (key: string): string => (at === '' ? key : `${at}.${key}`);
    return [
      ...needed.filter((key) => !Object.hasOwn(value, key)).map((key) => `${path(key)}: is missing`),
      ...Object.entries(value).flatMap(([key, one]) => {
        const check = Object.hasOwn(checks, key) ? checks[key] : undefined;
        return check === undefined ? [`${path(key)}: no member of ${what}`] : check(one, path(key));
      }),
    ];
  };

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isStatus = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 100 && Number(value) <= 599;

const text = be('a text', isText);
const flag = be('true or false', (value) => typeof value === 'boolean');
const texts = (what: string, holds: (one: string) => boolean): Check =>
  be(what, (value) => Array.isArray(value) && value.every((one) => isText(one) && holds(one)));

const expectMembers = membersOf('`ok`', {
  status: be('a number like 303, or a list of numbers', (value) =>
    Array.isArray(value) ? value.length > 0 && value.every(isStatus) : isStatus(value),
  ),
  has: text,
  is: be('a text, a number, true or false', (value) => ['string', 'number', 'boolean'].includes(typeof value)),
  leadsTo: be('begins with /', (value) => isText(value) && value.startsWith('/')),
});

const expectation: Check = (value, at) => [
  ...expectMembers(value, at),
  ...(isObject(value) && Object.hasOwn(value, 'is') && !Object.hasOwn(value, 'has') ? [`${at}.is: needs has`] : []),
];

const placeholders: readonly string[] = ['email', 'password', 'current', 'token', 'id', 'code', 'challenge', 'name'];

/** A member that is a placeholder and nothing else is left out where nobody knows it: a typo would go unseen. */
const template: Check = (value, at) => {
  if (typeof value === 'string') {
    const name = /^\{(\w+)\}$/.exec(value)?.[1];
    return name === undefined || placeholders.includes(name) ? [] : [`${at}: {${name}} is no placeholder`];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => template(one, `${at}.${key}`));
};

const step = membersOf(
  'a step',
  {
    method: text,
    path: be('begins with /', (value) => isText(value) && value.startsWith('/')),
    body: (value, at) => (isObject(value) ? template(value, at) : [`${at}: an object`]),
    form: flag,
    ok: expectation,
  },
  ['method', 'path'],
);

const steps: Readonly<Record<StepName, Check>> = {
  ...{ login: step, session: step, register: step, confirm: step, resend: step, logout: step },
  ...{ logoutEverywhere: step, sessions: step, endSession: step, stepUp: step, changePassword: step, forgot: step },
  ...{ reset: step, changeEmail: step, confirmEmail: step, revertEmail: step, deleteAccount: step, guarded: step },
  ...{ enrol: step, confirmEnrol: step, secondFactor: step, recover: step, refresh: step, oauthStart: step },
  oauthCallback: step,
};

const profile: Readonly<Record<string, Check>> = {
  name: text,
  steps: membersOf('`steps`', steps, ['login', 'session']),
  session: be(
    '{ "cookie": name } or { "bearer": path }',
    (value) =>
      isObject(value) && Object.keys(value).length === 1 && (isText(value['cookie']) || isText(value['bearer'])),
  ),
  secondFactor: membersOf(
    '`secondFactor`',
    { due: expectation, secret: text, id: text, challenge: text, recoveryCodes: text },
    ['due'],
  ),
  // An empty `at` is the answer itself.
  list: membersOf('`list`', { at: be('a text', (value) => typeof value === 'string'), id: text }, ['at', 'id']),
  tokenPaths: texts('a list of paths with {token}', (path) => path.startsWith('/') && path.includes('{token}')),
  pages: texts('a list of paths', (path) => path.startsWith('/')),
  address: be('a text with {name}', (value) => isText(value) && value.includes('{name}')),
  ...{ tokenParameter: text, returnTo: text, outbox: text, addressHeader: text, refreshCookie: text, jwks: text },
};
