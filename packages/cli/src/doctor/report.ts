import { type Question, questions } from './questions.ts';

/** `unseen` = not visible from outside, and the answer says why. */
export type Verdict = 'ok' | 'problem' | 'unseen';

/** What a probe found out about one question. */
export interface Finding {
  readonly id: string;
  readonly verdict: Verdict;
  /** What was measured. */
  readonly answer: string;
}

export interface Line extends Finding {
  readonly section: string;
  readonly question: string;
}

export interface Report {
  readonly url: string;
  readonly requests: number;
  readonly problems: number;
  readonly lines: readonly Line[];
}

export const ok = (id: string, answer: string): Finding => ({ id, verdict: 'ok', answer });
export const problem = (id: string, answer: string): Finding => ({ id, verdict: 'problem', answer });
export const unseen = (id: string, answer: string): Finding => ({ id, verdict: 'unseen', answer });
/** `ok` where it holds; both answers say what was measured. */
export const judged = (id: string, holds: boolean, [good, bad]: readonly [string, string]): Finding =>
  holds ? ok(id, good) : problem(id, bad);

/** Every question once, in its order; one that no probe answered is not visible, and the question knows why. */
export const reportOf = (url: string, requests: number, findings: readonly Finding[]): Report => {
  const lines = questions.map((question) => lineOf(question, findings));
  return { url, requests, problems: lines.filter(({ verdict }) => verdict === 'problem').length, lines };
};

/** Of several findings the worst counts. */
const lineOf = ({ id, section, question, unseen: why }: Question, findings: readonly Finding[]): Line => {
  const own = findings.filter((finding) => finding.id === id);
  const found =
    own.find(({ verdict }) => verdict === 'problem') ?? own.find(({ verdict }) => verdict === 'ok') ?? own[0];
  return { ...(found ?? unseen(id, why)), section, question };
};

const words = { ok: 'ok', problem: 'PROBLEM', unseen: 'not visible from outside' } as const;

export const textOf = ({ url, requests, problems, lines }: Report): string => {
  const sections = [...new Set(lines.map(({ section }) => section))];
  const parts = sections.map((section) => {
    const own = lines.filter((line) => line.section === section);
    const rows = own.map(({ question, verdict, answer }) =>
      verdict === 'unseen'
        ? `  ${question}: ${words.unseen} (${answer})\n`
        : `  ${question}: ${words[verdict]}\n    ${answer}\n`,
    );
    return `${section}\n${rows.join('')}`;
  });
  const count = (wanted: Verdict): number => lines.filter(({ verdict }) => verdict === wanted).length;
  return `${parts.join('\n')}\n${url}: ${count('ok')} ok, ${problems} problems, ${count('unseen')} not visible; ${requests} requests\n`;
};
