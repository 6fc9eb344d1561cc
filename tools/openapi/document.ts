import type { ErrorCode } from '../../packages/core/src/errors.ts';
import { statusOf } from '../../packages/core/src/http/problem.ts';
import { formBody, jsonBody, type Members, parameters } from './fields.ts';
import type { Operation, Success } from './operation.ts';
import { operations } from './operations.ts';
import { pages } from './pages.ts';
import { ref, type Schema, schemas } from './schemas.ts';

const outages = ['internal', 'store_unavailable', 'busy'] as const;
const ofTokens = ['access_token_expired', 'access_token_invalid', 'session_revoked'] as const;
const ofBodies = ['malformed_request', 'body_too_large', 'unsupported_media_type', 'validation_failed'] as const;

/** Every code that the operation can be refused with, as JSON. */
const codesOf = (operation: Operation): readonly ErrorCode[] => {
  const { method, path, needs, refusals = [] } = operation;
  const all: readonly ErrorCode[] = [
    ...(method === 'get' ? [] : (['csrf_rejected'] as const)),
    ...(method === 'post' ? ofBodies : []),
    ...(path.includes('{id}') ? (['not_found'] as const) : []),
    ...(needs === 'session' ? (['unauthenticated', ...ofTokens] as const) : needs === 'maybe' ? ofTokens : []),
    ...refusals,
    ...outages,
  ];
  return [...new Set(all)];
};

const security: Readonly<Record<Operation['needs'], readonly Schema[]>> = {
  session: [{ session: [] }, { bearer: [] }],
  maybe: [{}, { session: [] }, { bearer: [] }],
  refresh: [{}, { refresh: [] }],
  none: [],
};

const requestId = { $ref: '#/components/headers/Auth-Request-Id' };
const location: Schema = { required: true, schema: { type: 'string', format: 'uri-reference' } };

/** The codes of one status, and the name under which that answer is kept: most operations share most of them. */
const groupsOf = (codes: readonly ErrorCode[]): readonly (readonly [status: number, own: readonly ErrorCode[]])[] =>
  [...new Set(codes.map(statusOf))].map((status) => [status, codes.filter((code) => statusOf(code) === status).sort()]);
const nameOf = (own: readonly ErrorCode[]): string => own.join('.');

const problems = (codes: readonly ErrorCode[]): Readonly<Record<number, Schema>> =>
  Object.fromEntries(
    groupsOf(codes).map(([status, own]) => [status, { $ref: `#/components/responses/${nameOf(own)}` }]),
  );

const retryAfter: Schema = { required: true, schema: { type: 'integer', minimum: 1 }, description: 'Seconds.' };

const refused = (status: number, own: readonly ErrorCode[]): Schema => ({
  description: own.map((code) => `\`${code}\``).join(', '),
  headers: {
    'Auth-Request-Id': requestId,
    ...(status === 429 || status === 503 ? { 'Retry-After': retryAfter } : {}),
  },
  content: {
    'application/problem+json': {
      schema: { ...ref('Problem'), properties: { status: { const: status }, code: { enum: own } } },
    },
  },
});

const responses = (): Readonly<Record<string, Schema>> =>
  Object.fromEntries(
    [...Object.values(operations).map(codesOf), outages]
      .flatMap(groupsOf)
      .map(([status, own]) => [nameOf(own), refused(status, own)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

const success = (status: number, { says, schema, cookies = [] }: Success): Schema => ({
  description: says,
  headers: {
    'Auth-Request-Id': requestId,
    ...(cookies.length === 0
      ? {}
      : { 'Set-Cookie': { description: `Any of ${cookies.join('; ')}.`, schema: { type: 'string' } } }),
    ...(status === 303 ? { Location: location } : {}),
  },
  ...(schema === null
    ? {}
    : {
        content: { [schema === 'KeySet' ? 'application/jwk-set+json' : 'application/json']: { schema: ref(schema) } },
      }),
});

const toForms = { says: 'A form: to its `returnTo`, or to `pages.error?code=…`.', schema: null };

const isList = (body: NonNullable<Operation['body']>): body is readonly Members[] => Array.isArray(body);

const requestBody = ({ body, form, examples = {} }: Operation): Schema => {
  if (body === undefined) return {};
  const shapes = isList(body) ? body : [body];
  const named = Object.entries(examples).map(([name, value]) => [name, { value }] as const);
  const [first] = shapes;
  const schema = shapes.length === 1 && first !== undefined ? jsonBody(first) : { oneOf: shapes.map(jsonBody) };
  const json = { 'application/json': { schema, examples: Object.fromEntries(named) } };
  const forms = form && first !== undefined ? { 'application/x-www-form-urlencoded': { schema: formBody(first) } } : {};
  const required = shapes.every((members) => Object.keys(members).some((name) => !name.endsWith('?')));
  return { requestBody: { required, content: { ...json, ...forms } } };
};

const described = (name: string, operation: Operation): Schema => {
  const { feature, summary, description, path, query = {}, form, redirected } = operation;
  const onward = redirected === undefined ? {} : { 'x-redirected-codes': redirected };
  const places = [...(path.includes('{id}') ? parameters({ id: 'id' }, 'path') : []), ...parameters(query, 'query')];
  const answers = Object.entries(operation.success).map(
    ([status, answer]) => [status, success(Number(status), answer)] as const,
  );
  return {
    operationId: name,
    tags: [feature],
    summary,
    ...(description === undefined ? {} : { description }),
    security: security[operation.needs],
    ...(places.length === 0 ? {} : { parameters: places }),
    ...requestBody(operation),
    responses: {
      ...Object.fromEntries(answers),
      ...(form ? { 303: success(303, toForms) } : {}),
      ...problems(codesOf(operation)),
    },
    ...onward,
  };
};

const pageName = (path: string): string => `page${path.replace(/[/-](.)/g, (_, char: string) => char.toUpperCase())}`;

const page = (path: string, { feature, summary, query = {} }: (typeof pages)[string]): Schema => ({
  operationId: pageName(path),
  tags: [feature],
  summary,
  security: [],
  ...(Object.keys(query).length === 0 ? {} : { parameters: parameters(query, 'query') }),
  responses: {
    200: {
      description: 'A page without scripts.',
      headers: { 'Auth-Request-Id': requestId },
      content: { 'text/html; charset=utf-8': { schema: { type: 'string' } } },
    },
    ...problems(outages),
  },
});

const paths = (): Readonly<Record<string, Schema>> => {
  const all: Record<string, Record<string, Schema>> = {};
  const put = (path: string, method: string, item: Schema): void => {
    all[path] = { ...all[path], [method]: item };
  };
  for (const [name, operation] of Object.entries(operations)) {
    put(operation.path, operation.method, described(name, operation));
  }
  for (const [path, item] of Object.entries(pages)) put(path, 'get', page(path, item));
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
};

const about = [
  'Every route of Sallyport under `basePath`. A tag names the feature that a route needs; without it the route is a 404.',
  'An error is `application/problem+json` (RFC 9457); its `code` is the contract. A path or a method that is not here is answered by',
  '`not_found` or `method_not_allowed`. A `POST` or `DELETE` has to come from the own site: a browser says so by itself, a program that',
  'carries cookies sends `Origin`. Beside `Authorization: Bearer` no cookie counts. Cookies besides those of the security schemes:',
  '`__Host-flow`, `__Host-device` and `__Host-trusted`; on `http://localhost` in development all are called `sallyport-…`.',
].join('\n');

/** The description of every route, with every feature on. */
export const openapi = (): Schema => ({
  openapi: '3.1.0',
  info: {
    title: 'Sallyport',
    // Of this description, not of a package: it rises when something in it goes away.
    version: '1',
    description: about,
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: '/auth', description: '`basePath`, at `origin`.' }],
  tags: ['always', 'password()', 'jwt()', 'totp()', 'oauth()'].map((name) => ({ name })),
  paths: paths(),
  components: {
    headers: {
      'Auth-Request-Id': {
        description: 'Also in every problem, and in the events.',
        required: true,
        schema: { type: 'string', pattern: '^req_[A-Za-z0-9_-]+$' },
      },
    },
    securitySchemes: {
      session: { type: 'apiKey', in: 'cookie', name: '__Host-session' },
      refresh: { type: 'apiKey', in: 'cookie', name: '__Host-refresh', description: 'With `jwt()`.' },
      bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'An access token; with `jwt()`.' },
    },
    responses: responses(),
    schemas,
  },
});
