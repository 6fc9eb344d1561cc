import { type Browser, cookieHeader, keep, newBrowser } from './browser.ts';
import { type Mailbox, type Mark, mailbox } from './mailbox.ts';
import type { Turn } from './meter.ts';
import type { Expect, Profile, Step, StepName } from './profile.ts';
import { addressText, type Target } from './target.ts';
import { filled, formOf, pathWith, type Values } from './template.ts';
import { given, NoAnswer, NotApplicable, Unclear } from './verdict.ts';
import { type Answer, answerOf, memberAt } from './wire.ts';

/** What a request has otherwise than the browser would send it. */
export interface Twist {
  /** Beside those of the browser, or instead of them; `null` takes one away. */
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly method?: string;
  readonly path?: string;
  /** Instead of the step's body, byte for byte. */
  readonly raw?: string | Uint8Array;
  /** More members of the body. */
  readonly more?: Readonly<Record<string, unknown>>;
  readonly form?: boolean;
  /** The browser keeps no cookie of the answer. */
  readonly apart?: boolean;
}

export interface Outcome extends Answer {
  /** What the profile calls success. */
  readonly ok: boolean;
}

export interface Person {
  readonly email: string;
  readonly password: string;
  /** Where the person has registered. */
  readonly home: Browser;
}

/** Where an attack takes place: the target in the words of its profile. */
export interface Ground {
  readonly target: Target;
  readonly profile: Profile;
  readonly mails: Mailbox;
  has(name: StepName): boolean;
  /** Not applicable, unless the profile has all of them. */
  needs(...names: readonly StepName[]): void;
  browser(): Browser;
  /** Carries out a step. */
  does(browser: Browser, name: StepName, values?: Values, twist?: Twist): Promise<Outcome>;
  /** Any request. */
  asks(browser: Browser, method: string, path: string, twist?: Twist): Promise<Answer>;
  /** An address and a password that nobody has. */
  stranger(): { readonly email: string; readonly password: string };
  newPassword(): string;
  /** Somebody who has registered, and confirmed where that is asked for. */
  person(): Promise<Person>;
  /** Somebody who has registered and confirmed nothing. */
  unconfirmed(): Promise<Person>;
  /** A browser where somebody is signed in. */
  signedIn(person: Pick<Person, 'email' | 'password'>, browser?: Browser): Promise<Browser>;
  /** Somebody new, signed in. */
  member(): Promise<{ readonly person: Person; readonly browser: Browser }>;
  isSignedIn(browser: Browser, twist?: Twist): Promise<boolean>;
  /** Whether these sign in, from a browser that nobody knows. Unclear where limits or faults answer instead. */
  opens(email: string, password: string): Promise<boolean>;
  /** The session as it is carried: a cookie or a bearer token. */
  sessionOf(browser: Browser): string;
  /** The same browser with another session value. */
  withSession(value: string): Browser;
  /** Asks for a link and gives its token. */
  tokenFor(step: 'forgot' | 'changeEmail' | 'resend', email: string, browser?: Browser): Promise<string>;
}

export const groundOf = (target: Target, profile: Profile, turn: Turn, salt: string, spread: number): Ground => {
  let addresses = spread;
  let names = 0;
  const mails = mailbox(target, {
    parameter: profile.tokenParameter ?? 'token',
    paths: profile.tokenPaths ?? [],
  });

  const step = (name: StepName): Step => {
    const found = profile.steps[name];
    if (found === undefined) throw new NotApplicable(`the profile has no step \`${name}\``);
    return found;
  };

  const exchange = async (browser: Browser, method: string, path: string, body: Twist['raw'], twist: Twist) => {
    await turn.tick();
    const reads = method === 'GET' || method === 'HEAD';
    const cookie = cookieHeader(browser);
    const headers: Record<string, string | null> = {
      'user-agent': 'sallyport-attacks',
      accept: 'application/json, text/html;q=0.9',
      'sec-fetch-site': 'same-origin',
      ...(reads ? {} : { origin: target.origin }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(cookie === '' ? {} : { cookie }),
      ...(browser.bearer === null ? {} : { authorization: `Bearer ${browser.bearer}` }),
      ...(profile.addressHeader === undefined ? {} : { [profile.addressHeader]: addressText(browser.address) }),
      ...twist.headers,
    };
    const sent = Object.entries(headers).flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
    const received = await target
      .send({ method, path, headers: sent, body: body ?? null, address: browser.address })
      .catch((error: unknown) => {
        if (error instanceof Unclear) throw error;
        throw new NoAnswer(`no answer to ${method} ${path}: ${String(error)}`);
      });
    const answer = answerOf(received);
    if (twist.apart !== true) keep(browser, answer);
    return answer;
  };

  const does: Ground['does'] = async (browser, name, values = {}, twist = {}) => {
    const { method, path, body, form = false, ok } = step(name);
    const asForm = twist.form ?? form;
    const json = body === undefined ? undefined : { ...(filled(body, values) as object), ...twist.more };
    const text = json === undefined ? undefined : asForm ? formOf(json) : JSON.stringify(json);
    const used = twist.method ?? method;
    const raw = twist.raw ?? (used === 'GET' || used === 'HEAD' ? undefined : text);
    const type = asForm ? { 'content-type': 'application/x-www-form-urlencoded' } : {};
    const answer = await exchange(browser, used, twist.path ?? pathWith(path, values), raw, {
      ...twist,
      headers: { ...(raw === undefined ? {} : type), ...twist.headers },
    });
    const succeeds = succeeded(answer, ok);
    if (succeeds && twist.apart !== true) keepToken(profile, browser, answer);
    return { ...answer, ok: succeeds };
  };

  const stranger = (): { email: string; password: string } => {
    names += 1;
    const name = `p${salt}x${names}`;
    return { email: filledAddress(profile.address ?? '{name}@attacks.example', name), password: newPassword() };
  };

  const isSignedIn: Ground['isSignedIn'] = async (browser, twist) => {
    const answer = await does(browser, 'session', {}, { apart: true, ...twist });
    given(answer.status < 500 && answer.status !== 429, `\`session\` answered ${answer.status}`);
    return answer.ok;
  };

  const sessionOf = (browser: Browser): string => {
    if ('bearer' in profile.session) return browser.bearer ?? '';
    return browser.jar.get(profile.session.cookie) ?? '';
  };

  const enter = (browser: Browser, email: string, password: string): Promise<Outcome> =>
    does(browser, 'login', { email, password });

  const register = async (): Promise<{ person: Person; mark: Mark }> => {
    const { email, password } = stranger();
    const home = ground.browser();
    const mark = target.mails === null ? null : await mails.mark();
    const answer = await does(home, 'register', { email, password, name: 'Somebody' });
    given(answer.ok, `\`register\` answered ${answer.status} to somebody new`);
    await target.settle();
    return { person: { email, password, home }, mark };
  };

  const ground: Ground = {
    target,
    profile,
    mails,
    has: (name) => profile.steps[name] !== undefined,
    needs: (...wanted) => wanted.forEach(step),
    browser: () => {
      addresses += 1;
      return newBrowser(addresses);
    },
    does,
    asks: (browser, method, path, twist = {}) =>
      exchange(browser, twist.method ?? method, twist.path ?? path, twist.raw, twist),
    stranger,
    newPassword,
    person: async () => {
      const { person, mark } = await register();
      if (!ground.has('confirm')) return person;
      const token = await mails.token(person.email, mark);
      const answer = await does(person.home, 'confirm', { token, password: person.password });
      given(answer.ok, `\`confirm\` answered ${answer.status} to the link that was mailed`);
      return person;
    },
    unconfirmed: async () => {
      ground.needs('confirm');
      return (await register()).person;
    },
    signedIn: async ({ email, password }, browser = ground.browser()) => {
      const answer = await enter(browser, email, password);
      given(answer.ok, `\`login\` answered ${answer.status} to the right password`);
      given(sessionOf(browser) !== '', 'the answer of `login` brought no session that the profile knows');
      return browser;
    },
    member: async () => {
      const person = await ground.person();
      return { person, browser: await ground.signedIn(person) };
    },
    isSignedIn,
    opens: async (email, password) => {
      await target.settle();
      const browser = ground.browser();
      const answer = await enter(browser, email, password);
      given(answer.status < 500 && answer.status !== 429, `\`login\` answered ${answer.status}`);
      return answer.ok && (await isSignedIn(browser));
    },
    sessionOf,
    withSession: (value) => {
      const browser = ground.browser();
      if ('bearer' in profile.session) browser.bearer = value;
      else browser.jar.set(profile.session.cookie, value);
      return browser;
    },
    tokenFor: async (name, email, browser = ground.browser()) => {
      const mark = await mails.mark();
      const answer = await does(browser, name, { email });
      given(answer.ok, `\`${name}\` answered ${answer.status}`);
      return mails.token(email, mark);
    },
  };
  return ground;
};

/** A bearer token in an answer is the one to go on with. */
const keepToken = ({ session }: Profile, browser: Browser, { json }: Answer): void => {
  const token = 'bearer' in session ? memberAt(json, session.bearer) : undefined;
  if (typeof token === 'string' && token !== '') browser.bearer = token;
};

const filledAddress = (template: string, name: string): string => template.replace('{name}', name);

/** Long, of several kinds of characters, with no word of the login: whatever the policy, it passes. */
const newPassword = (): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `Zebra7-${[...bytes].map((byte) => byte.toString(36).padStart(2, '0')).join('')}!lantern`;
};

export const succeeded = (answer: Answer, { status, has, is, leadsTo }: Expect = {}): boolean => {
  const statuses = status === undefined ? null : [status].flat();
  const rightStatus =
    statuses === null ? answer.status >= 200 && answer.status < 300 : statuses.includes(answer.status);
  if (leadsTo !== undefined && pathOf(answer) !== leadsTo) return false;
  if (!rightStatus || has === undefined) return rightStatus;
  const found = memberAt(answer.json, has);
  return is === undefined ? found !== undefined && found !== null && found !== false && found !== '' : found === is;
};

/** Path and query of `Location`, whether it is absolute or not. */
const pathOf = (answer: Answer): string | null => {
  const location = answer.header('location');
  if (location === null || !URL.canParse(location, 'http://x')) return null;
  const { pathname, search } = new URL(location, 'http://x');
  return `${pathname}${search}`;
};
