import type { Operations } from '../../packages/core/src/api/auth.ts';
import type { ErrorCode } from '../../packages/core/src/errors.ts';
import type { Members } from './fields.ts';
import type { SchemaName } from './schemas.ts';

export type Feature = 'always' | 'password()' | 'jwt()' | 'totp()' | 'oauth()';

/** A status that is no error: the schema of its body, `null` for none, and the cookies that it may set. */
export interface Success {
  readonly says: string;
  readonly schema: SchemaName | null;
  readonly cookies?: readonly string[];
}

/** One operation, as its route does not say it. */
export interface Operation {
  readonly method: 'get' | 'post' | 'delete';
  readonly path: string;
  readonly feature: Feature;
  readonly summary: string;
  readonly description?: string;
  /** Of the body; several where the route takes one of several shapes. */
  readonly body?: Members | readonly Members[];
  readonly query?: Members;
  /** Also takes a form, and then answers by a redirect; `leads`: to where the operation says. */
  readonly form?: true;
  readonly leads?: true;
  /**
   * Who must be signed in: `session` = a session or an access token; `maybe` = neither, but a token that is there must be
   * good; `refresh` = a refresh token, in its cookie or in the body; `none` = nobody is looked at.
   */
  readonly needs: 'session' | 'maybe' | 'refresh' | 'none';
  /** Bodies to try; the first has what is required and no more. */
  readonly examples?: Readonly<Record<string, unknown>>;
  readonly success: Readonly<Record<number, Success>>;
  /** Besides those that every operation of its kind has. */
  readonly refusals?: readonly ErrorCode[];
  /** Refusals that a browser is sent on with: `pages.error?code=…`. */
  readonly redirected?: readonly ErrorCode[];
}

export type Described = { readonly [Name in keyof Operations<unknown>]: Operation };
