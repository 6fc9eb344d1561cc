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
