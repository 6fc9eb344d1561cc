import { isIP } from 'node:net';

/**
 * A browser and a system from these lists, or nothing. What a client says of itself is never repeated: a stranger who
 * registers with somebody's address would write a sentence of his choice, with a link, into a mail of ours.
 */
export const deviceOf = (agent: string | null): { readonly browser: string; readonly system: string } | null => {
  const said = agent?.slice(0, longest) ?? '';
  const browser = browsers.find(([mark]) => said.includes(mark))?.[1];
  const system = systems.find(([mark]) => said.includes(mark))?.[1];
  return browser === undefined || system === undefined ? null : { browser, system };
};

export const addressOf = (ip: string | null): string | null => (ip !== null && isIP(ip) !== 0 ? ip : null);

const longest = 512;

/** In this order: nearly every browser also names those below it. */
const browsers: readonly (readonly [string, string])[] = [
  ['Edg/', 'Edge'],
  ['EdgA/', 'Edge'],
  ['EdgiOS/', 'Edge'],
  ['OPR/', 'Opera'],
  ['SamsungBrowser/', 'Samsung Internet'],
  ['Vivaldi/', 'Vivaldi'],
  ['FxiOS/', 'Firefox'],
  ['Firefox/', 'Firefox'],
  ['CriOS/', 'Chrome'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
];

const systems: readonly (readonly [string, string])[] = [
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Android', 'Android'],
  ['CrOS', 'ChromeOS'],
  ['Windows', 'Windows'],
  ['Macintosh', 'macOS'],
  ['Linux', 'Linux'],
];
