import type { Mail, Target } from './target.ts';
import { NotApplicable, Unclear } from './verdict.ts';

/** The mails of a moment, to ask later for what came since; `null` = before the first. An outbox may forget its oldest. */
export type Mark = readonly string[] | null;

export interface Mailbox {
  mark(): Promise<Mark>;
  /** Every mail since a mark, to whomever. Waits for the work under way. */
  since(mark: Mark): Promise<readonly Mail[]>;
  /** The newest token for an address since a mark. Waits for it. */
  token(address: string, mark: Mark): Promise<string>;
  /**
   * Every token for an address since a mark. Does not wait. Unclear where links were mailed, and none holds a token, unless
   * all are `notices`: links that others get as well.
   */
  tokens(address: string, mark: Mark, notices?: () => Promise<readonly string[]>): Promise<readonly string[]>;
  /** Every link for an address since a mark. Does not wait. */
  links(address: string, mark: Mark): Promise<readonly string[]>;
  /** The newest link for an address since a mark. */
  link(address: string, mark: Mark): Promise<URL>;
}

const patienceMs = 3_000;
const pauseMs = 50;

/** Where a mailed link holds its token: in a parameter, or at `{token}` of a path. */
export interface TokenPlace {
  readonly parameter: string;
  readonly paths: readonly string[];
}

export const mailbox = (target: Target, place: TokenPlace): Mailbox => {
  const all = async (): Promise<readonly Mail[]> => {
    if (target.mails === null) throw new NotApplicable('the suite cannot read the mails of this target');
    await target.settle();
    // A copy: what a test hands out may be the list that it goes on filling.
    return [...(await target.mails())];
  };
  const link = async (address: string, mark: Mark): Promise<URL> => {
    const end = performance.now() + patienceMs;
    for (;;) {
      const mails = newer(await all(), mark).filter(({ to }) => sameAddress(to, address));
      const found = mails.toReversed().flatMap((mail) => linksOf(mail).filter((url) => tokenOf(url, place) !== null));
      if (found[0] !== undefined) return found[0];
      if (performance.now() > end || target.work !== null) throw new Unclear(missing(address, mails.length, place));
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  const linksTo = async (address: string, mark: Mark): Promise<readonly URL[]> =>
    newer(await all(), mark)
      .filter(({ to }) => sameAddress(to, address))
      .flatMap(linksOf);
  return {
    mark: async () => (await all()).map((mail) => JSON.stringify(mail)),
    since: async (mark) => newer(await all(), mark),
    link,
    links: async (address, mark) => (await linksTo(address, mark)).map(({ href }) => href),
    tokens: async (address, mark, notices = async () => []) => {
      const urls = await linksTo(address, mark);
      const found = urls.flatMap((url) => tokenOf(url, place) ?? []);
      if (found.length > 0 || urls.length === 0) return [...new Set(found)];
      const known = await notices();
      // A profile that looks in the wrong place tries nothing, and must not be told that all is well.
      if (!urls.every(({ href }) => known.includes(href))) throw new Unclear(missing(address, urls.length, place));
      return [];
    },
    token: async (address, mark) => tokenOf(await link(address, mark), place) ?? '',
  };
};

/** A profile that looks in the wrong place is the likeliest reason. */
const missing = (address: string, mails: number, { parameter, paths }: TokenPlace): string =>
  mails === 0
    ? `no link was mailed to ${address}`
    : `no mail to ${address} holds a link with ${[`\`${parameter}=\``, ...paths.map((path) => `\`${path}\``)].join(' or ')}: see \`tokenParameter\` and \`tokenPaths\``;

/** What the list has beyond the longest tail of the mark that it begins with. */
const newer = (mails: readonly Mail[], mark: Mark): readonly Mail[] => {
  if (mark === null) return mails;
  const texts = mails.map((mail) => JSON.stringify(mail));
  const start = mark.findIndex((_, at) => mark.slice(at).every((text, i) => text === texts[i]));
  return start < 0 ? mails : mails.slice(mark.length - start);
};

export const sameAddress = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** Every URL that a mail holds. */
export const linksOf = ({ url, text }: Mail): readonly URL[] =>
  [url ?? '', ...(text ?? '').split(/[\s"'<>]+/)]
    .filter((word) => /^[a-z][a-z+.-]*:/i.test(word))
    .flatMap((word) => (URL.canParse(word) ? [new URL(word)] : []));

const tokenOf = (url: URL, { parameter, paths }: TokenPlace): string | null =>
  url.searchParams.get(parameter) ??
  new URLSearchParams(url.hash.slice(1)).get(parameter) ??
  paths.map((path) => tokenIn(url.pathname, path)).find((token) => token !== null) ??
  null;

const tokenIn = (pathname: string, path: string): string | null => {
  const [before = '', after = ''] = path.split('{token}');
  const token = pathname.slice(before.length, pathname.length - after.length);
  const isThere = token !== '' && !token.includes('/') && pathname === `${before}${token}${after}`;
  return isThere ? decodeURIComponent(token) : null;
};
