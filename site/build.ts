import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { evidenceMaps } from '../tools/evidence-map.ts';
import { configOf } from './config.ts';
import { contents } from './contents.ts';
import { evidencePage } from './evidence.ts';
import { configurationPages, errorPages, type Page, pagesOf, type Source } from './pages.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '..');
const folders = { pages: join(here, '.pages'), out: join(here, 'dist'), api: join(here, '.api') };

const read = (file: string): Source => ({ file, text: readFileSync(join(root, file), 'utf8') });

const packages = (): readonly string[] => readdirSync(join(root, 'packages')).toSorted();

/** Every page, from the files of the repository. */
export const allPages = (): readonly Page[] => {
  const documents = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file.replaceAll('\\', '/')}`)
    .toSorted();
  const readmes = packages().map((name) => `packages/${name}/README.md`);
  const home: Page = { path: 'index', title: 'Sallyport', text: readFileSync(join(here, 'home.md'), 'utf8') };
  return [
    home,
    ...pagesOf([...[...documents, ...readmes].map(read), evidencePage(evidenceMaps(root))]),
    ...errorPages(read('docs/reference/errors.md').text),
    ...configurationPages(read('docs/reference/configuration-errors.md').text),
  ];
};

/** Pages of `docs/` that the table of contents does not name, or names twice. */
export const misplaced = (pages: readonly Page[]): readonly string[] => {
  const named = contents.flatMap((section) => section.pages);
  const apart = /^(?:index$|packages\/|decisions\/|errors\/|config\/)/;
  return pages
    .map(({ path }) => path)
    .filter((path) => !apart.test(path) && named.filter((name) => name === path).length !== 1);
};

/** Images of `docs/`, by their path in it. */
const images = (): readonly string[] =>
  readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.svg'));

/** Writes the pages and the configuration to where VitePress looks for them. */
export const writePages = (pages: readonly Page[]): void => {
  rmSync(folders.pages, { recursive: true, force: true });
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(folders.pages, file)), { recursive: true });
    writeFileSync(join(folders.pages, file), text);
  };
  for (const page of pages) write(`${page.path}.md`, page.text);
  for (const image of images()) copyFileSync(join(root, 'docs', image), join(folders.pages, image));
  write('.vitepress/config.mjs', `export default ${JSON.stringify(configOf(pages, folders), null, 1)};\n`);
};

/** Runs a program of a package of ours; throws when it fails. */
const run = (name: string, bin: string, args: readonly string[], cwd: string): void => {
  const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
  const { status } = spawnSync(process.execPath, [join(dirname(manifest), bin), ...args], { cwd, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${name} ended with status ${status}`);
};

/** What can be imported, by the name that a program gives it: `@sallyport/core/ports`. */
const entries = (): readonly (readonly [name: string, source: string])[] =>
  packages().flatMap((name) => {
    const exported: unknown = JSON.parse(read(`packages/${name}/package.json`).text).exports;
    const sources = JSON.stringify(exported).matchAll(/"\.(\/[^"]+)?":\{"@sallyport\/source":"\.\/([^"]+)"/g);
    return [...sources].map(([, path = '', source = '']) => [name + path, `packages/${name}/${source}`] as const);
  });

/** The reference of the API. A file of its own leads to each entry, so that it is called as programs call it. */
const api = (): void => {
  rmSync(folders.api, { recursive: true, force: true });
  const named = entries().map(([name, source]) => {
    const file = join(folders.api, `${name}.ts`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `export * from '${relative(dirname(file), join(root, source)).replaceAll('\\', '/')}';\n`);
    return file;
  });
  const config = join(folders.api, 'tsconfig.json');
  writeFileSync(config, JSON.stringify({ extends: '../../tsconfig.json', include: ['**/*.ts'] }));
  const quiet = ['--disableGit', '--disableSources', '--readme', 'none', '--logLevel', 'Warn', '--validation', 'false'];
  const out = ['--out', join(folders.out, 'api'), '--name', 'Sallyport API', '--tsconfig', config];
  run('typedoc', 'bin/typedoc', [...quiet, ...out, '--entryPointStrategy', 'resolve', ...named], folders.api);
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const pages = allPages();
  const lost = misplaced(pages);
  if (lost.length > 0) throw new Error(`contents.ts must name each of these once: ${lost.join(', ')}`);
  writePages(pages);
  if (!process.argv.includes('--pages')) {
    run('vitepress', 'bin/vitepress.js', ['build', folders.pages], here);
    api();
  }
}
