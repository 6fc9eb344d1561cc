import type { AuthMessage } from '@sallyport/core/ports';
import { MailError } from '../transport/failure.ts';
import { isMailbox } from '../transport/mailbox.ts';
import { dateIn, spanIn } from '../words/dates.ts';
import { type Catalogues, type Language, languageOf } from '../words/languages.ts';
import { escapeHtml, htmlOf } from './html.ts';
import { letterOf } from './letter.ts';
import type { Context, MailContent, Templates } from './templates.ts';
import { textOf } from './text.ts';

export interface Needs {
  readonly appName: string;
  readonly homeUrl: string | null;
  readonly catalogues: Catalogues;
  readonly fallback: Language;
  readonly timeZone: string;
  readonly templates: Templates;
  readonly now: () => number;
}

export interface Composed extends MailContent {
  readonly language: string;
}

/** A message becomes a mail. Throws `MailError` for a message that no mail can carry, and says nothing of its content. */
export const composer = (needs: Needs): ((message: AuthMessage) => Composed) => {
  const { appName, homeUrl, templates, timeZone } = needs;
  return (message) => {
    const { words, locale } = languageOf(needs.catalogues, message.locale) ?? needs.fallback;
    const flaw = flawOf(message, Object.hasOwn(words.mails, message.type));
    if (flaw !== null) throw new MailError('mail_invalid', flaw);
    const date = dateIn(locale, timeZone);
    const span = (until: number): string => spanIn(locale, until - needs.now());
    const letter = letterOf(message, { appName, homeUrl, words, date, span });
    const standard = {
      subject: letter.subject,
      text: textOf(letter, appName),
      html: htmlOf(letter, appName, words.locale),
    };
    const context = { appName, words, locale, standard, date, span, escapeHtml };
    return { ...oneLine(fromTemplate(templates, message, context) ?? standard), language: words.locale };
  };
};

const flawOf = (message: AuthMessage, isKnown: boolean): string | null => {
  if (!isKnown) return 'the catalogue has no words for a message of this type';
  if (!isMailbox(message.to)) return 'the recipient is not one plain address';
  if ('url' in message && message.url !== null && !isWebUrl(message.url)) return 'the link is no http or https URL';
  if ('code' in message && !/^[\p{L}\p{N} -]{1,64}$/u.test(message.code)) return 'the code is not letters and digits';
  return null;
};

/** Whitespace would end the link early, and a parser would not mind. */
export const isWebUrl = (url: string): boolean => /^https?:\/\/[^\s\p{Cc}]+$/u.test(url) && URL.canParse(url);

const fromTemplate = (templates: Templates, message: AuthMessage, context: Context): MailContent | null => {
  if (!Object.hasOwn(templates, message.type)) return null;
  // The type of the message is the key of its template, which the compiler cannot follow.
  const template = templates[message.type] as ((message: AuthMessage, context: Context) => MailContent) | undefined;
  if (template === undefined) return null;
  try {
    const { subject, text, html } = template(message, context);
    if ([subject, text, html].every((part) => typeof part === 'string')) return { subject, text, html };
  } catch {
    // What it threw may name the link.
  }
  throw new MailError('mail_invalid', `the template of ${message.type} threw, or did not return three strings`);
};

/** A subject is one header: no line end, whatever a template puts in. */
const oneLine = ({ subject, ...rest }: MailContent): MailContent => ({
  ...rest,
  subject: subject
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, 200),
});
