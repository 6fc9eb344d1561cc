import { must } from './cases.ts';

/** Deep equality of JSON, own members alone; the order of members does not count. */
export const mustEqual = (got: unknown, wanted: unknown, what: string): void => {
  const found = difference(got, wanted);
  must(found === null, `${what}: ${found}`);
};

export const equal = (got: unknown, wanted: unknown): boolean => difference(got, wanted) === null;

/** The first place where they differ, in words; `null` = they are equal. */
export const difference = (got: unknown, wanted: unknown, path = ''): string | null => {
  const differ = (): string => `${path === '' ? '' : `at ${path} `}came ${show(got)}, expected ${show(wanted)}`;
  if (!isObject(got) || !isObject(wanted)) return got === wanted ? null : differ();
  if (Array.isArray(got) !== Array.isArray(wanted) || isPlain(got) !== isPlain(wanted)) return differ();
  const keys = new Set([...Object.keys(got), ...Object.keys(wanted)]);
  for (const key of keys) {
    const inner = `${path}[${JSON.stringify(key)}]`;
    if (!Object.hasOwn(got, key)) return `at ${inner} nothing came, expected ${show(wanted[key])}`;
    if (!Object.hasOwn(wanted, key)) return `at ${inner} came ${show(got[key])}, expected nothing`;
    const found = difference(got[key], wanted[key], inner);
    if (found !== null) return found;
  }
  return null;
};

/** A value, short enough for a message. */
export const show = (value: unknown): string => {
  if (value instanceof Date) return 'a Date';
  const text = typeof value === 'object' || typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length <= 120 ? text : `${text.slice(0, 110)}… (${text.length} characters)`;
};

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** A `Date` or a `Map` has no members and would equal `{}`. */
const isPlain = (value: object): boolean =>
  Array.isArray(value) || /^\[object Object\]$/.test(Object.prototype.toString.call(value));
