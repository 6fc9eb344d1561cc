/// <reference path="./next-modules.d.ts" />
import type { Auth } from '@sallyport/core';
import { type NextRequest, NextResponse } from 'next/server';

export interface ProxyOptions {
  /** Everybody may see these: `/about` is that path alone, `/blog/*` all under it. Whatever is not listed is not public. */
  readonly publicPaths: readonly string[];
  /** Where a browser without a session cookie is sent. Public itself. */
  readonly loginPage: string;
}

/** What Next serves for every page, and what has guards of its own. */
const always = ['/_next/static/*', '/_next/image', '/favicon.ico'];

/**
 * A convenience, and no guard: it looks whether there is a cookie, not whether it is worth anything, and a deployment can be
 * reached past it (CVE-2025-29927). Every page, action and route handler still asks for itself.
 */
export const proxyOf =
  (authOf: () => Pick<Auth<unknown>, 'origin' | 'basePath'>, { publicPaths, loginPage }: ProxyOptions) =>
  (request: NextRequest): NextResponse => {
    const { origin, basePath } = authOf();
    const name = origin.startsWith('https:') ? '__Host-session' : 'sallyport-session';
    const open = [...always, `${basePath}/*`, loginPage, ...publicPaths];
    const { pathname } = request.nextUrl;
    if (request.cookies.has(name) || open.some((path) => covers(path, pathname))) return NextResponse.next();
    if (request.method !== 'GET' && request.method !== 'HEAD') return new NextResponse(null, { status: 401 });
    return NextResponse.redirect(origin + request.nextUrl.basePath + loginPage, 307);
  };

/** Spelled as listed, byte for byte: what is encoded, or has dots, is not public by a prefix. */
const covers = (path: string, pathname: string): boolean => {
  if (!path.endsWith('/*')) return path === pathname;
  return pathname.startsWith(path.slice(0, -1)) && !/%|\\|\/\.{1,2}(?:\/|$)|\/\//.test(pathname);
};
