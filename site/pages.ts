import { posix } from 'node:path';

/** A file of the repository, by its path from the root. */
export interface Source {
  readonly file: string;
  readonly text: string;
}

export interface Page {
  /** On the site, without extension: `guide/sessions`. */
  readonly path: string;
  readonly title: string;
  readonly text: string;
}

/** `docs/guide/x.md` is `guide/x`; a package's README is `packages/name`; a folder's README is its index. */
export const pathOf = (file: string): string =>
  file
    .replace(/^docs\//, '')
    .replace(/^(packages\/[^/]+)\/README\.md$/, '$1')
    .replace(/README\.md$/, 'index.md')
    .replace(/\.md$/, '');

const fence = /^ *(?:`{3,}|~{3,})/;

/** Applies `change` to what is no code block. */
const outsideFences = (text: string, change: (prose: string) => string): string => {
  const parts: string[] = [];
  let prose: string[] = [];
  let code: string[] | null = null;
  for (const line of text.split('\n')) {
    if (code === null && !fence.test(line)) prose.push(line);
    else if (code === null) {
      parts.push(change(prose.join('\n')));
      prose = [];
      code = [line];
    } else {
      code.push(line);
      if (/^ *(?:`{3,}|~{3,}) *$/.test(line)) {
        parts.push(code.join('\n'));
        code = null;
      }
    }
  }
  parts.push(code === null ? change(prose.join('\n')) : code.join('\n'));
  return parts.join('\n');
};

/** A folder of data and the page that is made of it. */
const rendered: Readonly<Record<string, string>> = { 'docs/evidence': 'docs/reference/evidence.md' };

/** An image is none: it stays, and lies beside its page. */
const link = /(?<!!)\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)/g;

/** Links lead to pages of the site; one to a file that has no page becomes its text. */
const relink = (file: string, text: string, known: ReadonlySet<string>): string =>
  outsideFences(text, (prose) =>
    prose.replace(link, (whole, label: string, target: string) => {
      if (/^(?:[a-z]+:|#)/.test(target)) return whole;
      const [path = '', hash] = target.split('#');
      const full = posix.join(posix.dirname(file), path);
      const page = [full, posix.join(full, 'README.md'), rendered[full]].find(
        (candidate) => candidate !== undefined && known.has(candidate),
      );
      if (page === undefined) return label;
      return `[${label}](/${pathOf(page)}${hash === undefined ? '' : `#${hash}`})`;
    }),
  );

const titleOf = ({ file, text }: Source): string => {
  const title = /^# (.+)$/m.exec(text)?.[1];
  if (title === undefined) throw new Error(`${file} has no title`);
  return title.replaceAll('`', '');
};

/** The pages that are files of the repository. */
export const pagesOf = (sources: readonly Source[]): readonly Page[] => {
  const known = new Set(sources.map(({ file }) => file));
  return sources.map((source) => ({
    path: pathOf(source.file),
    title: titleOf(source),
    text: relink(source.file, source.text, known),
  }));
};

/** The cells of the first table. */
const rowsOf = (text: string): readonly (readonly string[])[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| code'))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    );

const codesIn = (cell: string): readonly string[] => [...cell.matchAll(/`([a-z_]+)`/g)].map(([, code = '']) => code);

/** What a row says of the n-th of its codes: `a; b; c` is one part for each, where there are as many parts as codes. */
const partOf = (cell: string, at: number, of: number): string => {
  const parts = cell.split('; ');
  return (parts.length === of ? parts[at] : cell) ?? '';
};

const sentence = (words: string): string => (words === '' ? '' : `${words.charAt(0).toUpperCase()}${words.slice(1)}.`);

/** A page for each error code: what `type` in an error answer leads to. */
export const errorPages = (reference: string): readonly Page[] =>
  rowsOf(reference).flatMap(([codes = '', status = '', means = '', action = '']) =>
    codesIn(codes).map((code, at, all) => ({
      path: `errors/${code}`,
      title: code,
      text: [
        `# \`${code}\``,
        `Status **${status}**, \`application/problem+json\`.`,
        sentence(partOf(means, at, all.length)),
        action === '' ? '' : `**What to do.** ${sentence(partOf(action, at, all.length))}`,
        'All codes: [Error codes](/reference/errors).',
      ]
        .filter((part) => part !== '')
        .join('\n\n'),
    })),
  );

/** A page for each code of `AuthConfigError`. */
export const configurationPages = (reference: string): readonly Page[] =>
  rowsOf(reference).flatMap(([codes = '', when = '']) =>
    codesIn(codes).map((code, at, all) => ({
      path: `config/${code}`,
      title: code,
      text: [
        `# \`${code}\``,
        'An issue of `AuthConfigError`, which `createAuth` throws at the start of the program. `issue.path` names the option, `issue.fix` the mend.',
        sentence(partOf(when, at, all.length)),
        'All codes: [Configuration errors](/reference/configuration-errors), and what each option is for: [Configuration](/guide/configuration).',
      ]
        .filter((part) => part !== '')
        .join('\n\n'),
    })),
  );
