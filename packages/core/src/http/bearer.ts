import type { HeaderSource } from '../api/request.ts';
import type { AuthenticateBearer } from '../flows/authenticate-bearer.ts';

/** How requests are read that bring tokens. */
export interface Bearer {
  /** The token that judges a request; `null` = it names no such scheme. */
  tokenOf(headers: HeaderSource): string | null;
  readonly authenticate: AuthenticateBearer;
  /** The id of the family that a refresh token of ours names, alive or not. Asks no store. */
  familyOf(refreshToken: string): string | null;
}

const scheme = /^bearer(?: |$)/i;

/**
 * The token of `Authorization: Bearer` (RFC 6750 §2.1); `null` where another scheme or none is named: browsers add Basic by
 * themselves. An empty token is one, that opens nothing: whoever names the scheme is judged by it.
 */
export const bearerOf = (headers: HeaderSource): string | null => {
  const header = headers.get('authorization');
  return header !== null && scheme.test(header) ? header.slice('bearer'.length).trim() : null;
};
