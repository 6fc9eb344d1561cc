import { filesOf } from './tree.ts';

export const statuses = ['default', 'option', 'application', 'not met'] as const;
export type Status = (typeof statuses)[number];

export interface Proof {
  /** Of a test, under the root. */
  readonly file: string;
  /** A piece of the title of a test, or of a group of tests. */
  readonly name: string;
}

export interface Clause {
  /** As the standard counts; where one clause is several rows, with a word in brackets. */
  readonly clause: string;
  readonly level?: number;
  /** The number was written down from memory. */
  readonly unsure?: boolean;
  /** In words of ours. */
  readonly requirement: string;
  readonly status: Status;
  /** As docs/guide/configuration.md spells them. */
  readonly options?: readonly string[];
  readonly tests?: readonly Proof[];
  readonly note?: string;
}

export interface EvidenceMap {
  readonly file: string;
  readonly standard: string;
  readonly about: string;
  readonly chapters: readonly { readonly title: string; readonly clauses: readonly Clause[] }[];
  readonly outside?: readonly { readonly clauses: string; readonly reason: string }[];
}

export const evidenceFolder = 'docs/evidence';

/** In the order in which the page shows them. Throws for what is no JSON; whether it says what it must is the check's business. */
export const evidenceMaps = (root: string): readonly EvidenceMap[] =>
  filesOf(root, evidenceFolder, /\.json$/).map(({ file, text }) => ({ file, ...JSON.parse(text) }) as EvidenceMap);

export const clausesOf = (map: EvidenceMap): readonly Clause[] => map.chapters.flatMap(({ clauses }) => clauses);
