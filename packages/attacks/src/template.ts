import type { Template } from './profile.ts';

/** What stands for a placeholder. In a body, a value that is no text goes in as it is: that is how arrays and objects are tried. */
export type Values = Readonly<Record<string, unknown>>;

const whole = /^\{(\w+)\}$/;
const inside = /\{(\w+)\}/g;

/** A body with its placeholders filled. A member whose value is not given is left out. */
export const filled = (template: Template, values: Values): unknown => {
  if (typeof template === 'string') {
    const name = whole.exec(template)?.[1];
    return name === undefined ? textWith(template, values, String) : values[name];
  }
  if (Array.isArray(template)) return template.map((one: Template) => filled(one, values));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([key, one]) => [key, filled(one as Template, values)]));
};

/** A path with its placeholders filled. */
export const pathWith = (path: string, values: Values): string =>
  textWith(path, values, (value) => encodeURIComponent(String(value)));

const textWith = (text: string, values: Values, write: (value: unknown) => string): string =>
  text.replace(inside, (all, name: string) => (Object.hasOwn(values, name) ? write(values[name]) : all));

/** A form as bytes on the wire; nested members have dotted names. */
export const formOf = (body: unknown, prefix = ''): string =>
  Object.entries(body ?? {})
    .flatMap(([key, value]): string[] => {
      if (value === undefined) return [];
      if (Array.isArray(value))
        return value.map((one) => `${encodeURIComponent(prefix + key)}=${encodeURIComponent(String(one))}`);
      if (typeof value === 'object' && value !== null) return [formOf(value, `${prefix}${key}.`)];
      return [`${encodeURIComponent(prefix + key)}=${encodeURIComponent(String(value))}`];
    })
    .filter((part) => part !== '')
    .join('&');
