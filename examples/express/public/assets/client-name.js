// @ts-check

/** First match counts: Edge and Opera call themselves Chrome too, and every one of them Safari. */
/** @type {readonly (readonly [string, RegExp])[]} */
const browsers = [
  ['Edge', /\bEdg(?:e|A|iOS)?\//],
  ['Opera', /\bOPR\//],
  ['Samsung Internet', /\bSamsungBrowser\//],
  ['Firefox', /\b(?:Firefox|FxiOS)\//],
  ['Chrome', /(?:\b|Headless)(?:Chrome|CriOS|Chromium)\//],
  ['Safari', /\bSafari\//],
  ['curl', /^curl\//],
];

/** @type {readonly (readonly [string, RegExp])[]} */
const systems = [
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Android', /\bAndroid\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\bMacintosh\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['Linux', /\bLinux\b/],
];

/**
 * "Firefox on Windows". Made from what the client says of itself: good for a person who reads a list, and for no decision.
 * @param {string | null} agent
 * @returns {string}
 */
export const clientName = (agent) => {
  const browser = nameIn(browsers, agent ?? '');
  const system = nameIn(systems, agent ?? '');
  if (browser !== null && system !== null) return `${browser} on ${system}`;
  return browser ?? system ?? 'Unknown browser';
};

/**
 * @param {string | null} ip
 * @returns {string}
 */
export const placeName = (ip) => {
  if (ip === null) return '';
  return /^(?:127\.|::1$|::ffff:127\.)/.test(ip) ? 'this computer' : ip;
};

/**
 * @param {typeof browsers} known
 * @param {string} agent
 */
const nameIn = (known, agent) => known.find(([, pattern]) => pattern.test(agent))?.[0] ?? null;
