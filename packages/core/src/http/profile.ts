import type { StandardSchema } from '../api/standard-schema.ts';
import type { Refusal } from '../errors.ts';
import type { Json, JsonObject } from '../ports/json.ts';
import { isWellFormed } from '../primitives/text.ts';
import { invalid } from './input.ts';

export type CheckProfile = (
  given: JsonObject | null,
) => Promise<{ readonly ok: true; readonly value: JsonObject } | Refusal>;

/** The application's schema judges its own fields. Without one there are none: a profile is then an unknown member. */
export const profileCheck =
  (schema: StandardSchema | null): CheckProfile =>
  async (given) => {
    if (schema === null)
      return given === null ? { ok: true, value: {} } : invalid([{ pointer: '/profile', code: 'unknown_member' }]);
    const result = await schema['~standard'].validate(given ?? {});
    if (result.issues !== undefined) {
      return invalid(result.issues.map(({ path }) => ({ pointer: pointerOf(path ?? []), code: 'invalid' })));
    }
    return isJsonObject(result.value)
      ? { ok: true, value: result.value }
      : invalid([{ pointer: '/profile', code: 'not_json' }]);
  };

type Path = readonly (PropertyKey | { readonly key: PropertyKey })[];

const pointerOf = (path: Path): string => {
  const keys = path.map((part) => String(typeof part === 'object' ? part.key : part));
  return ['/profile', ...keys.map((key) => key.slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1'))].join('/');
};

const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && isJson(value);

/** Deeper than any profile, and far from what a parser of JSON in a database gives up at. */
const maxDepth = 64;

/** What a store can keep: a `Date` or a bigint that a schema made would come back as something else. */
const isJson = (value: unknown, depth = 0): value is Json => {
  if (depth > maxDepth) return false;
  if (value === null || typeof value === 'boolean') return true;
  if (typeof value === 'string') return isWellFormed(value);
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every((inner) => isJson(inner, depth + 1));
  if (typeof value !== 'object') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    (prototype === Object.prototype || prototype === null) &&
    Object.entries(value).every(([key, inner]) => isWellFormed(key) && isJson(inner, depth + 1))
  );
};
