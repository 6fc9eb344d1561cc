import { NotApplicable, Unclear } from './attack.ts';
import type { Mail, Target } from './target.ts';

export interface Mailbox {
  /** How many mails there are, to ask later for what came since. */
  mark(): Promise<number>;
  /** Every mail since a mark, to whomever. Waits for the work under way. */
  since(mark: number): Promise<readonly Mail[]>;
  /** The newest token for an address since a mark. Waits for it. */
  token(address: string, mark: number): Promise<string>;
  /** The newest link for an address since a mark. */
  link(address: string, mark: number): Promise<URL>;
}

const patienceMs = 3_000;
const pauseMs = 50;

export const mailbox = (target: Target, parameter: string): Mailbox => {
  const all = async (): Promise<readonly Mail[]> => {
    if (target.mails === null) throw new NotApplicable('the suite cannot read the mails of this target');
    await target.settle();
    return target.mails();
  };
  const link = async (address: string, mark: number): Promise<URL> => {
    const end = Date.now() + patienceMs;
    for (;;) {
      const mails = (await all()).slice(mark).filter(({ to }) => sameAddress(to, address));
      const found = mails
        .toReversed()
        .flatMap((mail) => linksOf(mail).filter((url) => tokenOf(url, parameter) !== null));
      if (found[0] !== undefined) return found[0];
      if (Date.now() > end || target.work !== null) throw new Unclear(`no link was mailed to ${address}`);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  return {
    mark: async () => (await all()).length,
    since: async (mark) => (await all()).slice(mark),
    link,
    token: async (address, mark) => tokenOf(await link(address, mark), parameter) ?? '',
  };
};

export const sameAddress = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** Every URL that a mail holds. */
export const linksOf = ({ url, text }: Mail): readonly URL[] =>
  [url ?? '', ...(text ?? '').split(/[\s"'<>]+/)]
    .filter((word) => /^[a-z][a-z+.-]*:/i.test(word))
    .flatMap((word) => (URL.canParse(word) ? [new URL(word)] : []));

const tokenOf = (url: URL, parameter: string): string | null =>
  url.searchParams.get(parameter) ?? new URLSearchParams(url.hash.slice(1)).get(parameter);
