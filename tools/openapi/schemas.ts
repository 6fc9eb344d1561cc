export type Schema = { readonly [keyword: string]: unknown };

export type SchemaName =
  | 'CheckEmail'
  | 'User'
  | 'Session'
  | 'ListedSession'
  | 'Factor'
  | 'LinkedAccount'
  | 'Tokens'
  | 'SignedIn'
  | 'MfaRequired'
  | 'Login'
  | 'WhoAmI'
  | 'Sessions'
  | 'SteppedUp'
  | 'Factors'
  | 'Enrolment'
  | 'ConfirmedFactor'
  | 'RecoveryCodes'
  | 'ProviderUrl'
  | 'Accounts'
  | 'KeySet'
  | 'Problem';

export const ref = (name: SchemaName): Schema => ({ $ref: `#/components/schemas/${name}` });

/** Members whose name ends in `?` may be missing. */
const object = (members: Readonly<Record<string, Schema>>, more: Schema = {}): Schema => {
  const names = Object.keys(members);
  const required = names.filter((name) => !name.endsWith('?'));
  return {
    type: 'object',
    ...(required.length === 0 ? {} : { required }),
    properties: Object.fromEntries(Object.entries(members).map(([name, schema]) => [name.replace(/\?$/, ''), schema])),
    ...more,
  };
};

const string: Schema = { type: 'string' };
const boolean: Schema = { type: 'boolean' };
const whole: Schema = { type: 'integer', minimum: 0 };
const millis: Schema = { type: 'integer', description: 'Milliseconds since 1970.' };
const orNull = (type: string): Schema => ({ type: [type, 'null'] });
const list = (items: Schema): Schema => ({ type: 'array', items });
const words = (...values: readonly string[]): Schema => ({ type: 'string', enum: values });
const methods = words('totp', 'recovery_code');
const freely: Schema = { type: 'object', additionalProperties: true };

const tokens = {
  accessToken: { type: 'string', description: 'A JWT (RFC 9068).' },
  expiresIn: { type: 'integer', minimum: 1, description: 'Seconds.' },
  'refreshToken?': { type: 'string', description: 'With `transport: "body"` alone; it never leaves a cookie.' },
} as const;
const maybeTokens = {
  'accessToken?': tokens.accessToken,
  'expiresIn?': tokens.expiresIn,
  'refreshToken?': tokens['refreshToken?'],
} as const;

/** What answers hold. A member more may come with a version, so that none of them is closed. */
export const schemas: Readonly<Record<SchemaName, Schema>> = {
  CheckEmail: object({ status: { const: 'check_email' } }),
  User: object({
    id: string,
    email: orNull('string'),
    emailVerified: boolean,
    createdAt: millis,
    profile: { ...freely, description: "The application's own members." },
  }),
  Session: object({
    id: { type: 'string', description: 'Names the session in lists; it is no key to it.' },
    createdAt: millis,
    authenticatedAt: { ...millis, description: 'When a factor was last proved; milliseconds since 1970.' },
    expiresAt: millis,
    aal: { type: 'integer', enum: [1, 2] },
    amr: list(words('pwd', 'otp', 'hwk', 'fed', 'link', 'rec', 'mfa')),
    data: { ...freely, description: 'What server code attached.' },
  }),
  ListedSession: object({
    id: string,
    createdAt: millis,
    lastSeenAt: millis,
    client: object({ ip: orNull('string'), agent: orNull('string') }),
    current: boolean,
  }),
  Factor: object({ id: string, type: { const: 'totp' }, label: string, confirmedAt: millis }),
  LinkedAccount: object({ id: string, provider: string, email: orNull('string'), linkedAt: millis }),
  Tokens: object(tokens),
  SignedIn: object({
    status: { const: 'signed_in' },
    user: { $ref: '#/components/schemas/User' },
    'returnTo?': { type: 'string', description: 'After a second step: where the first wanted to go.' },
    ...maybeTokens,
  }),
  MfaRequired: object({ status: { const: 'mfa_required' }, challenge: string, methods: list(methods) }),
  Login: {
    oneOf: [{ $ref: '#/components/schemas/SignedIn' }, { $ref: '#/components/schemas/MfaRequired' }],
    discriminator: {
      propertyName: 'status',
      mapping: { signed_in: '#/components/schemas/SignedIn', mfa_required: '#/components/schemas/MfaRequired' },
    },
  },
  WhoAmI: {
    oneOf: [
      object({ user: { $ref: '#/components/schemas/User' }, session: { $ref: '#/components/schemas/Session' } }),
      object({ user: { type: 'null' }, session: { type: 'null' } }),
    ],
  },
  Sessions: object({ sessions: list({ $ref: '#/components/schemas/ListedSession' }) }),
  SteppedUp: object({ session: { $ref: '#/components/schemas/Session' }, ...maybeTokens }),
  Factors: object({ factors: list({ $ref: '#/components/schemas/Factor' }), recoveryCodesLeft: whole }),
  Enrolment: object({
    factorId: string,
    secret: { type: 'string', description: 'Base 32, to be typed in.' },
    uri: { type: 'string', description: '`otpauth:`, for a QR code that is drawn in the page.' },
  }),
  ConfirmedFactor: object({
    recoveryCodes: { type: ['array', 'null'], items: string, description: '`null`: those that there are stay.' },
    ...maybeTokens,
  }),
  RecoveryCodes: object({ recoveryCodes: list(string) }),
  ProviderUrl: object({ url: string }),
  Accounts: object({ accounts: list({ $ref: '#/components/schemas/LinkedAccount' }) }),
  KeySet: object({ keys: list(object({ kty: string, kid: string }, { additionalProperties: true })) }),
  Problem: object({
    type: { type: 'string', format: 'uri' },
    title: string,
    status: whole,
    code: string,
    'detail?': { type: 'string', description: 'English, and may change.' },
    requestId: string,
    'retryAfter?': { type: 'integer', minimum: 1, description: 'Seconds.' },
    'errors?': list(
      object({
        pointer: { type: 'string', description: 'A JSON pointer into the body (RFC 6901).' },
        code: words(
          ...['required', 'type', 'too_long', 'email', 'ill_formed', 'value', 'unknown_member', 'invalid', 'not_json'],
        ),
      }),
    ),
    'reasons?': list(words('too_short', 'too_long', 'common', 'breached', 'contains_login')),
    'minLength?': whole,
    'need?': object({
      'aal?': { type: 'integer', enum: [1, 2] },
      'fresh?': { ...whole, description: 'Milliseconds.' },
    }),
  }),
};
