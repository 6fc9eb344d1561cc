/// <reference path="./next-modules.d.ts" />
import { cookies } from 'next/headers';

interface CookieOptions {
  path: string;
  secure: boolean;
  httpOnly: boolean;
  sameSite: 'lax' | 'strict';
  maxAge: number;
}

export interface SetCookie {
  readonly name: string;
  readonly value: string;
  readonly options: CookieOptions;
}

/** Possible in a server action and in a route handler, and nowhere else: Next throws in a render. */
export const setCookies = async (lines: readonly string[]): Promise<void> => {
  const jar = await cookies();
  for (const { name, value, options } of lines.map(parsed)) jar.set(name, value, options);
};

/** Of what the core writes, and of nothing else: Next takes the parts of a cookie, not its line. */
export const parsed = (line: string): SetCookie => {
  const [pair = '', ...attributes] = line.split('; ');
  const at = pair.indexOf('=');
  const partOf = (name: string): string | undefined =>
    attributes.find((attribute) => attribute.startsWith(`${name}=`))?.slice(name.length + 1);
  return {
    name: pair.slice(0, at),
    value: pair.slice(at + 1),
    options: {
      path: partOf('Path') ?? '/',
      secure: attributes.includes('Secure'),
      httpOnly: attributes.includes('HttpOnly'),
      sameSite: partOf('SameSite') === 'Strict' ? 'strict' : 'lax',
      maxAge: Number(partOf('Max-Age') ?? 0),
    },
  };
};
