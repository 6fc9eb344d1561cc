import type { DefaultTheme, UserConfig } from 'vitepress';
import { contents } from './contents.ts';
import type { Page } from './pages.ts';

interface Item {
  readonly text: string;
  readonly link: string;
}

const itemsOf = (pages: readonly Page[], paths: readonly string[]): Item[] =>
  paths.map((path) => {
    const page = pages.find((candidate) => candidate.path === path);
    if (page === undefined) throw new Error(`contents.ts names ${path}, which is no page`);
    return { text: page.title, link: `/${path}` };
  });

const under = (pages: readonly Page[], folder: string): string[] =>
  pages.map(({ path }) => path).filter((path) => path.startsWith(folder) && !path.endsWith('/index'));

/** A gate in a wall. */
const icon =
  "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><path fill='%235672cd' d='M1 3h3v2h2V3h4v2h2V3h3v12h-4v-4a3 3 0 0 0-6 0v4H1z'/></svg>";

/** What VitePress is told. Folders are absolute. */
export const configOf = (
  pages: readonly Page[],
  folders: { readonly pages: string; readonly out: string },
): UserConfig<DefaultTheme.Config> => {
  const sidebar = [
    ...contents.map((section) => ({ text: section.title, items: itemsOf(pages, section.pages), collapsed: false })),
    { text: 'Packages', items: itemsOf(pages, under(pages, 'packages/')), collapsed: true },
    { text: 'Decisions', items: itemsOf(pages, under(pages, 'decisions/')), collapsed: true },
  ];
  return {
    lang: 'en',
    title: 'Sallyport',
    description: 'An authentication SDK for TypeScript whose security claims are tests.',
    srcDir: folders.pages,
    outDir: folders.out,
    head: [['link', { rel: 'icon', href: icon }]],
    cleanUrls: true,
    ignoreDeadLinks: false,
    themeConfig: {
      nav: [
        { text: 'Guide', link: '/guide/getting-started' },
        { text: 'Reference', link: '/reference/http' },
        { text: 'API', link: '/api/', target: '_self' },
      ],
      sidebar,
      outline: [2, 3],
      search: { provider: 'local' },
    },
  };
};
