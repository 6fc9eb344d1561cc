import type { JsonObject } from '../ports/json.ts';
import { type Field, field, text, wrong } from './input.ts';

/** A password to set: the rules say what is wrong with it, its length included. */
export const newPassword: Field<string> = field<string>((value) => text(value, 65_536));

/** What the ids of records are made of. */
export const id: Field<string> = field<string>((value) =>
  typeof value === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(value) ? value : wrong('value'),
);

/** What a browser carries from one party to another: judged by who reads it, for its length alone here. */
export const param: Field<string> = field<string>((value) => {
  if (typeof value !== 'string') return wrong('type');
  return value.length > 4_096 ? wrong('too_long') : value;
});

export const flag: Field<boolean> = field<boolean>((value) => {
  if (typeof value === 'boolean') return value;
  // A form has text only.
  return value === 'true' ? true : value === 'false' ? false : wrong('type');
});

/** Any JSON object; the application's schema has the last word. */
export const object: Field<JsonObject> = field<JsonObject>((value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : wrong('type'),
);
