import { type InputFlaw, type Problem, type Refusal, refuse } from '../errors.ts';
import { type Address, parseAddress } from '../primitives/address.ts';
import { isWellFormed } from '../primitives/text.ts';

const code: unique symbol = Symbol('code');

/** What came in where nothing that we take did. By a symbol, so that no input can look like it. */
export interface Invalid {
  readonly [code]: InputFlaw;
}

export const wrong = (what: InputFlaw): Invalid => ({ [code]: what });

/** One member of an input: takes anything, gives a value or the code of what is wrong. Lengths are judged first. */
export interface Field<T> {
  readonly optional: boolean;
  read(value: unknown): T | Invalid;
}

export type Fields = { readonly [name: string]: Field<unknown> };
export type InputOf<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };
export type Shape<I> = (raw: unknown) => { readonly ok: true; readonly value: I } | Refusal;

const isInvalid = (value: unknown): value is Invalid => typeof value === 'object' && value !== null && code in value;
const escapePointer = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** More findings than that help nobody; a body of 16 KiB could name thousands. */
const maxFindings = 20;

/** The one gate for input: exactly these members, each of its type and within its bounds, and nothing else (ASVS 5.0, 15.3.3). */
export const shape =
  <F extends Fields>(fields: F): Shape<InputOf<F>> =>
  (raw) => {
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return invalid([{ pointer: '', code: 'type' }]);
    const errors: { pointer: string; code: InputFlaw }[] = [];
    const values: Record<string, unknown> = {};
    for (const name of Object.keys(raw)) {
      if (!Object.hasOwn(fields, name))
        errors.push({ pointer: `/${escapePointer(name.slice(0, 64))}`, code: 'unknown_member' });
    }
    for (const [name, field] of Object.entries(fields)) {
      const given = Object.hasOwn(raw, name) ? (raw as Record<string, unknown>)[name] : undefined;
      const value = given === undefined && !field.optional ? wrong('required') : field.read(given);
      if (isInvalid(value)) errors.push({ pointer: `/${name}`, code: value[code] });
      else values[name] = value;
    }
    // Every member of `fields` was read without a finding: that is what makes this an InputOf<F>.
    return errors.length > 0 ? invalid(errors) : { ok: true, value: values as InputOf<F> };
  };

export const invalid = (errors: NonNullable<Problem['errors']>): Refusal =>
  refuse('validation_failed', { errors: errors.slice(0, maxFindings) });

export const field = <T>(read: (value: unknown) => T | Invalid): Field<T> => ({ optional: false, read });

/** Absent reads as `null`. */
export const optional = <T>(inner: Field<T>): Field<T | null> => ({
  optional: true,
  read: (value) => (value === undefined ? null : inner.read(value)),
});

export const address: Field<Address> = field<Address>((value) => {
  if (typeof value !== 'string') return wrong('type');
  return parseAddress(value) ?? wrong('email');
});

/** A password to compare: longer than any that can be stored is refused before it costs a hash. */
export const password: Field<string> = field<string>((value) => text(value, 1_024));

export const token: Field<string> = field<string>((value) => text(value, 128));

/** How a program calls itself, towards us alone. */
export const clientId: Field<string> = field<string>((value) =>
  typeof value === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(value) ? value : wrong('value'),
);
export const oneOf = <const T extends string>(...words: readonly T[]): Field<T> =>
  field<T>((value) => words.find((word) => word === value) ?? wrong('value'));

export const text = (value: unknown, max: number): string | Invalid => {
  if (typeof value !== 'string') return wrong('type');
  if (value.length > max) return wrong('too_long');
  if (value.length === 0) return wrong('required');
  return isWellFormed(value) ? value : wrong('ill_formed');
};
