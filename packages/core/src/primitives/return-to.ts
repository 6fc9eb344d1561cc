import { hasControl } from './text.ts';

/**
 * Where a browser may be sent: a path that starts with one slash, or an absolute URL of a listed origin. The verdict is the
 * URL parser's, not a look at the text (`/\evil.example` and `//evil.example` are other hosts). `null` = refused.
 */
export const safeReturnTo = (text: string, origin: string, trusted: readonly string[]): string | null => {
  if (text.length > 2048 || text.includes('\\') || hasControl(text)) return null;
  let url: URL;
  try {
    url = new URL(text, origin);
  } catch {
    return null;
  }
  // A `blob:` URL has the origin of the page that made it.
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return null;
  // A dot segment can leave two slashes at the front (`/.//evil.example`): as a Location header that is another host.
  if (text.startsWith('/')) {
    return url.origin === origin && !url.pathname.startsWith('//') ? `${url.pathname}${url.search}${url.hash}` : null;
  }
  return text.includes('://') && (url.origin === origin || trusted.includes(url.origin)) ? url.href : null;
};

/** `/app` is that page; `/app/*` is `/app` and all below it; either may begin with an origin. */
export const isPattern = (text: unknown): boolean => typeof text === 'string' && split(text) !== null;

/** Whether a target that `safeReturnTo` has written is one of the pattern's: compared by the parser's path, which has no dot segments left. */
export const matchesReturnTo = (target: string, text: string, origin: string): boolean => {
  const wanted = split(text);
  if (wanted === null) return false;
  const url = new URL(target, origin);
  if (url.origin !== (wanted.origin ?? origin)) return false;
  if (!wanted.below) return url.pathname === wanted.path;
  return url.pathname === (wanted.path || '/') || url.pathname.startsWith(`${wanted.path}/`);
};

const split = (
  text: string,
): { readonly origin: string | null; readonly path: string; readonly below: boolean } | null => {
  const found = /^(https?:\/\/[a-z0-9.:[\]-]+)?((?:\/[^*?#\s\\/]+)*\/?)(\*)?$/.exec(text);
  const [, origin, path = '', star] = found ?? [];
  if (found === null || !path.startsWith('/') || (star !== undefined && !path.endsWith('/'))) return null;
  return { origin: origin ?? null, path: star === undefined ? path : path.slice(0, -1), below: star !== undefined };
};
