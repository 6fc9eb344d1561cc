import type { CheckResult, PeerResults } from './results.ts';
import { short } from './tables.ts';

const width = 760;
const left = 262;
const right = 86;
const bar = 18;
const step = 26;
const top = 64;

/** Both themes in one file: it has a ground of its own, and takes the reader's preference. */
const style = `
  .ground { fill: #ffffff; stroke: #d0d7de; } text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; font-size: 15px; } .small { font-size: 12px; fill: #59636e; }
  .floor { fill: #8c959f; } .ours { fill: #0969da; } .peer { fill: #bc6c00; } .spread { stroke: #1f2328; stroke-width: 1.5; }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #151b23; stroke: #3d444d; } text { fill: #f0f6fc; } .small { fill: #9198a1; }
    .floor { fill: #656c76; } .ours { fill: #4493f8; } .peer { fill: #d29922; } .spread { stroke: #f0f6fc; }
  }`;

const kinds = [
  ['ours', 'Sallyport'],
  ['peer', 'other libraries'],
  ['floor', 'floors'],
] as const;

/** Bars of requests a second from the fastest to the slowest, each with a line from its least to its most. */
export const chart = ({ checks }: PeerResults): string => {
  const rows = checks.toSorted((a, b) => b.perSecond.median - a.perSecond.median);
  const most = Math.max(...rows.map(({ perSecond }) => perSecond.max));
  const scale = (width - left - right) / most;
  const height = top + rows.length * step + 14;
  const description = rows.map(({ name, perSecond }) => `${name}: ${short(perSecond.median)}`).join('; ');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="t d">`,
    '<title id="t">Requests a second of a session check over HTTP</title>',
    `<desc id="d">${escaped(description)}</desc>`,
    `<style>${style}\n</style>`,
    `<rect class="ground" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="6"/>`,
    '<text class="title" x="16" y="26">Requests a second, GET /me signed in; more is better</text>',
    ...kinds.map(([kind, label], at) => legend(kind, label, 16 + at * 130)),
    '<text class="small" x="406" y="47">Thin line: least and most of all rounds</text>',
    ...rows.map((row, at) => rowOf(row, top + at * step, scale)),
    '</svg>',
    '',
  ].join('\n');
};

const legend = (kind: string, label: string, x: number): string =>
  `<rect class="${kind}" x="${x}" y="37" width="12" height="12"/><text class="small" x="${x + 17}" y="47">${label}</text>`;

const rowOf = ({ name, of, perSecond }: CheckResult, y: number, scale: number): string => {
  const at = (value: number): string => (left + value * scale).toFixed(1);
  const middle = y + bar / 2;
  return [
    `<text x="${left - 8}" y="${middle + 4.5}" text-anchor="end">${escaped(name)}</text>`,
    `<rect class="${of}" x="${left}" y="${y}" width="${(perSecond.median * scale).toFixed(1)}" height="${bar}"/>`,
    `<line class="spread" x1="${at(perSecond.min)}" y1="${middle}" x2="${at(perSecond.max)}" y2="${middle}"/>`,
    `<text x="${Number(at(Math.max(perSecond.median, perSecond.max))) + 6}" y="${middle + 4.5}">${short(perSecond.median)}</text>`,
  ].join('');
};

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
