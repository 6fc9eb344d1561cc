import { describe, expect, it } from 'vitest';
import { allPages, misplaced } from '../build.ts';
import { evidencePage } from '../evidence.ts';
import { configurationPages, errorPages, pagesOf } from '../pages.ts';

describe('pages', () => {
  it('lead links to where their target is on the site', () => {
    const [guide] = pagesOf([
      {
        file: 'docs/guide/a.md',
        text: '# A\n\n[b](b.md#part), [kit](../../packages/kit), [decisions](../decisions/README.md), [out](https://a.example/x.md), [here](#a)',
      },
      { file: 'docs/guide/b.md', text: '# B' },
      { file: 'docs/decisions/README.md', text: '# Decisions' },
      { file: 'packages/kit/README.md', text: '# Kit' },
    ]);
    expect(guide?.text).toContain(
      '[b](/guide/b#part), [kit](/packages/kit), [decisions](/decisions/index), [out](https://a.example/x.md), [here](#a)',
    );
  });

  it('keep the words of a link to what is no page', () => {
    const [page] = pagesOf([{ file: 'docs/a.md', text: '# A\n\nSee [the example](../examples/x).' }]);
    expect(page?.text).toContain('See the example.');
  });

  it('keep their images', () => {
    const text = '# A\n\n![a chart](chart.svg), [the chart](chart.svg)';
    expect(pagesOf([{ file: 'docs/a.md', text }])[0]?.text).toBe('# A\n\n![a chart](chart.svg), the chart');
  });

  it('lead from a folder of data to the page that is made of it', () => {
    const [page] = pagesOf([
      { file: 'docs/a.md', text: '# A\n\n[map](evidence)' },
      { file: 'docs/reference/evidence.md', text: '# Evidence' },
    ]);
    expect(page?.text).toContain('[map](/reference/evidence)');
  });

  it('leave code blocks alone', () => {
    const text = '# A\n\n```md\n[b](../b)\n```\n\n[b](../b)';
    expect(pagesOf([{ file: 'docs/a.md', text }])[0]?.text).toBe('# A\n\n```md\n[b](../b)\n```\n\nb');
  });

  it('have a title each', () => {
    expect(() => pagesOf([{ file: 'docs/a.md', text: 'no title' }])).toThrow('docs/a.md has no title');
  });
});

describe('a page for each code', () => {
  it('says what its row says', () => {
    const table = '| code | status | means | do |\n|---|---|---|---|\n| `one`, `two` | 401 | first; second | wait |';
    const pages = errorPages(table);
    expect(pages.map(({ path }) => path)).toEqual(['errors/one', 'errors/two']);
    expect(pages[1]?.text).toContain('Status **401**');
    expect(pages[1]?.text).toContain('Second.');
    expect(pages[1]?.text).not.toContain('First');
    expect(pages[1]?.text).toContain('**What to do.** Wait.');
  });

  it('shares a sentence that is not divided', () => {
    const [one, two] = configurationPages('| code | when |\n|---|---|\n| `one`, `two` | both |');
    expect([one?.text, two?.text].every((text) => text?.includes('Both.'))).toBe(true);
  });
});

describe('the page of evidence', () => {
  const proof = { file: 'packages/core/test/a.test.ts', name: 'RL-01: a|b' };
  const { text } = evidencePage([
    {
      ...{
        file: 'docs/evidence/a.json',
        standard: 'A',
        about: 'about',
        outside: [{ clauses: '9', reason: 'no such feature' }],
      },
      chapters: [
        {
          title: 'One',
          clauses: [
            { clause: '1', level: 2, requirement: 'x < y', status: 'option', options: ['a.b'], tests: [proof] },
            { clause: '2', unsure: true, requirement: 'z', status: 'not met', note: 'not yet' },
          ],
        },
      ],
    },
  ]);

  it('counts, and says first what is not met', () => {
    expect(text).toContain('| A | 0 | 1 | 0 | 1 |');
    expect(text.indexOf('| A | 2 ? | z | not yet |')).toBeLessThan(text.indexOf('### One'));
    expect(text).toContain('- 9: no such feature');
  });

  it('says by which option and which test, in cells that hold', () => {
    expect(text).toContain('| 1 | 2 | x &lt; y | by an option | `a.b`<br>a: `RL-01: a\\|b` |');
    expect(text).toContain('| 2 ? |  | z | **not met** | not yet |');
  });
});

describe('the site', () => {
  const pages = allPages();

  it('names every page of the documentation once', () => {
    expect(misplaced(pages)).toEqual([]);
    expect(misplaced([...pages, { path: 'guide/forgotten', title: '', text: '' }])).toEqual(['guide/forgotten']);
  });

  it('has a page where an error answer points', () => {
    const paths = pages.map(({ path }) => path);
    expect(paths).toContain('errors/rate_limited');
    expect(paths).toContain('config/secret_short');
    expect(new Set(paths).size).toBe(paths.length);
  });
});
