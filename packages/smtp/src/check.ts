import { AuthConfigError, type ConfigIssue } from '@sallyport/core';
import { isWebUrl } from './letter/compose.ts';
import type { Templates } from './letter/templates.ts';
import type { SmtpOptions } from './options.ts';
import { isOneLine, type Sender, senderOf } from './transport/mailbox.ts';
import { parseUrl, type Target, targetOf } from './transport/server.ts';
import { de } from './words/de.ts';
import { en } from './words/en.ts';
import { type Catalogues, type Language, languageOf, tagOf } from './words/languages.ts';
import type { Words } from './words/words.ts';

/** Whole numbers: the default, the least and the most. */
const limits = {
  connections: [5, 1, 50],
  waiting: [1_000, 0, 1_000_000],
  attempts: [3, 1, 5],
  retryMs: [1_000, 10, 29_000],
  timeoutMs: [10_000, 100, 29_000],
  // The core gives a notifier 30 s.
  deadlineMs: [25_000, 100, 29_000],
} as const;

type Limit = keyof typeof limits;

export interface Settings extends Readonly<Record<Limit, number>> {
  readonly target: Target;
  readonly sender: Sender;
  readonly appName: string;
  readonly homeUrl: string | null;
  readonly catalogues: Catalogues;
  readonly fallback: Language;
  readonly timeZone: string;
  readonly templates: Templates;
}

/** Fills in the defaults, and throws `AuthConfigError` with all that is wrong. No issue repeats a value: one is a password. */
export const checked = (options: SmtpOptions): Settings => {
  const { appName, homeUrl = null, timeZone = 'UTC', templates = {} } = options;
  const issues: ConfigIssue[] = [];
  const note = (path: keyof SmtpOptions, code: string, [message, fix]: Flaw): void => {
    issues.push({ code, path: `smtpNotifier.${path}`, message, fix });
  };
  const numberOf = (name: Limit): number => {
    const [usual, least, most] = limits[name];
    const value = options[name] ?? usual;
    if (!Number.isInteger(value) || value < least || value > most) {
      note(name, 'smtp_number_invalid', ['It is out of bounds.', `Pass a whole number from ${least} to ${most}.`]);
    }
    return value;
  };

  const isTls = options.tls === undefined || ['implicit', 'starttls', 'none'].includes(options.tls);
  if (!isTls) note('tls', 'smtp_tls_invalid', flaws.tls);
  const target = serverOf(options);
  if (typeof target === 'string') note(options.server === undefined ? 'url' : 'server', target, flaws[target]);
  const sender = senderOf(options.from, appName);
  if (!isOneLine(appName)) note('appName', 'smtp_app_name_invalid', flaws.appName);
  else if (sender === null) note('from', 'smtp_from_invalid', flaws.from);
  if (homeUrl !== null && !isWebUrl(homeUrl)) note('homeUrl', 'smtp_home_invalid', flaws.homeUrl);
  if (!isTimeZone(timeZone)) note('timeZone', 'smtp_time_zone_invalid', flaws.timeZone);
  const { catalogues, missing } = cataloguesOf(options.catalogues ?? {});
  if (missing.length > 0) note('catalogues', 'smtp_words_missing', [`Missing: ${missing.join(', ')}.`, flaws.words]);
  const fallback = languageOf(catalogues, options.locale ?? 'en');
  if (fallback === null) note('locale', 'smtp_locale_unknown', flaws.locale);

  const settings = {
    connections: numberOf('connections'),
    waiting: numberOf('waiting'),
    attempts: numberOf('attempts'),
    retryMs: numberOf('retryMs'),
    timeoutMs: numberOf('timeoutMs'),
    deadlineMs: numberOf('deadlineMs'),
  };
  if (issues.length > 0 || typeof target === 'string' || sender === null || fallback === null) {
    throw new AuthConfigError(issues);
  }
  return { ...settings, target, sender, appName, homeUrl, catalogues, fallback, timeZone, templates };
};

type Flaw = readonly [message: string, fix: string];

const flaws = {
  smtp_url_missing: ['There is no server.', 'Set SMTP_URL and pass it as url, or pass server: { host }.'],
  smtp_url_invalid: [
    'It is no smtp:// or smtps:// URL.',
    'Write smtps://user:password@host, both percent-encoded, and nothing after the port.',
  ],
  smtp_server_invalid: [
    'host or port is none, or one of user and password is missing.',
    'Pass { host, port?, user, password }, or leave both user and password out.',
  ],
  smtp_tls_conflict: ['smtps: is TLS from the start, and tls says something else.', 'Leave tls out, or use smtp://.'],
  tls: ['It is none of the three.', "Pass 'implicit', 'starttls' or 'none'."],
  from: ['It is not one plain address.', "Pass 'App <no-reply@example.com>'."],
  appName: ['It is empty, longer than 100 characters, or not one line.', 'Pass the name that users know.'],
  homeUrl: ['It is no http or https URL.', "Pass 'https://app.example.com/'."],
  timeZone: ['The runtime does not know it.', "Pass an IANA name such as 'Europe/Berlin', or leave it out."],
  words: 'Start from one that is whole: { ...en, mails: { ...en.mails, … } }.',
  locale: ['There are no words for it.', 'Pass a language of catalogues, or en or de.'],
} as const satisfies Record<string, Flaw | string>;

type ServerFlaw = 'smtp_url_missing' | 'smtp_url_invalid' | 'smtp_server_invalid' | 'smtp_tls_conflict';

const serverOf = ({ url, server, ...options }: SmtpOptions): Target | ServerFlaw => {
  const tls = options.tls ?? null;
  if (server !== undefined) return targetOf(server, tls) ?? 'smtp_server_invalid';
  if (url === undefined || url === '') return 'smtp_url_missing';
  const parsed = parseUrl(url);
  if (parsed === null) return 'smtp_url_invalid';
  if (parsed.tls !== null && tls !== null && parsed.tls !== tls) return 'smtp_tls_conflict';
  return targetOf(parsed.server, parsed.tls ?? tls) ?? 'smtp_url_invalid';
};

const isTimeZone = (timeZone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }) !== null;
  } catch {
    return false;
  }
};

/** A catalogue that was written without the compiler may lack words; it is found out here and not by the first mail. */
const cataloguesOf = (
  given: Readonly<Record<string, Words>>,
): { readonly catalogues: Catalogues; readonly missing: readonly string[] } => {
  const all = Object.entries({ en, de, ...given });
  const missing = all.flatMap(([tag, words]) => [
    ...(tagOf(tag) === null ? [`a language tag in place of ${JSON.stringify(tag)}`] : []),
    ...Object.keys(en)
      .filter((key) => Reflect.get(Object(words), key) === undefined)
      .map((key) => `${tag}.${key}`),
    ...Object.keys(en.mails)
      .filter((type) => typeof Reflect.get(Object(words?.mails), type) !== 'function')
      .map((type) => `${tag}.mails.${type}`),
  ]);
  return { catalogues: new Map(all.map(([tag, words]) => [tagOf(tag) ?? tag, words])), missing };
};
