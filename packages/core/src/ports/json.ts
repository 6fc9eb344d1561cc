/** An instant: an integer number of milliseconds since the Unix epoch, read from `Clock` by the core and by nobody else. */
export type Millis = number;

/** What a record may hold: no `Date`, no bytes, no `undefined`, no `bigint`. Byte strings are base64url text. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };
