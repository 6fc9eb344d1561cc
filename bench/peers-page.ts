import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chart } from './peers/chart.ts';
import { pageWith } from './peers/page.ts';
import type { PeerResults } from './peers/results.ts';

/** `tsx bench/peers-page.ts`: the page and its chart from `bench/results/peers.json`. A test holds them to it. */
const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const results = JSON.parse(readFileSync(at('bench/results/peers.json'), 'utf8')) as PeerResults;
const page = at('docs/performance.md');
writeFileSync(page, pageWith(readFileSync(page, 'utf8'), results));
writeFileSync(at('docs/performance.svg'), chart(results));
