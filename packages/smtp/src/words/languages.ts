import type { Words } from './words.ts';

export interface Language {
  readonly words: Words;
  /** For `Intl`: the locale that was asked for where its language is spoken here, else the words' own. */
  readonly locale: string;
}

/** Catalogues by language tag. */
export type Catalogues = ReadonlyMap<string, Words>;

/** `de-AT-x-y` is looked up as `de-AT`, then `de` (RFC 4647 §3.4); `null` where none of them is spoken. */
export const languageOf = (catalogues: Catalogues, wanted: string | null): Language | null => {
  const tag = wanted === null ? null : tagOf(wanted);
  if (tag === null) return null;
  for (let range = tag; range !== ''; range = range.slice(0, Math.max(0, range.lastIndexOf('-')))) {
    const words = catalogues.get(range);
    if (words !== undefined) return { words, locale: tag };
  }
  return null;
};

/** The canonical tag without extensions: a calendar or a numbering system is nobody's to choose here. */
export const tagOf = (locale: string): string | null => {
  try {
    return new Intl.Locale(locale).baseName;
  } catch {
    return null;
  }
};
