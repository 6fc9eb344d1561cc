import type { Schema } from './schemas.ts';

/** Every kind of member that an input can have. */
export type FieldName =
  | 'email'
  | 'password'
  | 'newPassword'
  | 'token'
  | 'param'
  | 'id'
  | 'clientId'
  | 'flag'
  | 'method'
  | 'transport'
  | 'browserTransport'
  | 'label'
  | 'profile';

const fields: Readonly<Record<FieldName, Schema>> = {
  email: { type: 'string', format: 'idn-email', minLength: 3, maxLength: 254 },
  password: { type: 'string', format: 'password', minLength: 1, maxLength: 1_024 },
  newPassword: {
    type: 'string',
    format: 'password',
    minLength: 1,
    maxLength: 65_536,
    description: 'By default 15 code points or more and none that is common; what is wrong with it is in `reasons`.',
  },
  token: { type: 'string', minLength: 1, maxLength: 128 },
  param: { type: 'string', maxLength: 4_096 },
  id: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$' },
  clientId: {
    type: 'string',
    pattern: '^[A-Za-z0-9._-]{1,64}$',
    description: 'How the program calls itself; its refresh tokens are bound to it.',
  },
  flag: { type: 'boolean' },
  method: { type: 'string', enum: ['totp', 'recovery_code'] },
  transport: {
    type: 'string',
    enum: ['cookie', 'token', 'body'],
    description: 'Where the new session lives; default `cookie`, the only value without `jwt()`.',
  },
  browserTransport: { type: 'string', enum: ['cookie', 'token'] },
  label: { type: 'string', minLength: 1, maxLength: 64, pattern: '\\S' },
  profile: { type: 'object', description: "What the application's schema takes; without one there is no such member." },
};

/** Members by name; one whose name ends in `?` may be missing. */
export type Members = Readonly<Record<string, FieldName>>;

const bare = (name: string): string => name.replace(/\?$/, '');
const entriesOf = (members: Members) =>
  Object.entries(members).map(([name, kind]) => ({ name: bare(name), kind, isOptional: name.endsWith('?') }));

const closed = (members: Members, schemaOf: (kind: FieldName) => Schema, more: Schema = {}): Schema => {
  const entries = entriesOf(members);
  const required = entries.filter(({ isOptional }) => !isOptional).map(({ name }) => name);
  return {
    type: 'object',
    ...(required.length === 0 ? {} : { required }),
    properties: { ...Object.fromEntries(entries.map(({ name, kind }) => [name, schemaOf(kind)])), ...more },
    additionalProperties: false,
  };
};

/** A body of exactly these members: one that nobody asked for is refused. */
export const jsonBody = (members: Members): Schema => closed(members, (kind) => fields[kind]);

const returnTo: Schema = {
  type: 'string',
  description: 'Where the answer leads; a path, or below a trusted origin. Default `/`.',
};

/** The same as a form, which has text only. */
export const formBody = (members: Members): Schema => {
  const flat = Object.fromEntries(Object.entries(members).filter(([, kind]) => kind !== 'profile'));
  const hasProfile = Object.keys(flat).length < Object.keys(members).length;
  const text = (kind: FieldName): Schema =>
    kind === 'flag' ? { type: 'string', enum: ['true', 'false'] } : fields[kind];
  return {
    ...closed(flat, text, { returnTo }),
    ...(hasProfile ? { patternProperties: { '^profile\\.': { type: 'string' } } } : {}),
  };
};

export const parameters = (members: Members, place: 'path' | 'query'): readonly Schema[] =>
  entriesOf(members).map(({ name, kind, isOptional }) => ({
    name,
    in: place,
    required: !isOptional,
    schema: fields[kind],
  }));
