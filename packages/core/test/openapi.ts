import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

type Json = Readonly<Record<string, unknown>>;

interface Media {
  readonly schema: Json;
  readonly examples?: Readonly<Record<string, { readonly value: Json }>>;
}
interface Answer {
  readonly $ref?: string;
  readonly headers?: Readonly<Record<string, { readonly required?: boolean; readonly $ref?: string }>>;
  readonly content?: Readonly<Record<string, Media>>;
}
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly schema: Json;
}
export interface Described {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly security: readonly Json[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, Answer>>;
  readonly 'x-redirected-codes'?: readonly string[];
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly responses: Readonly<Record<string, Answer>> };
}

export const document: Document = JSON.parse(
  readFileSync(new URL('../../../docs/reference/openapi.json', import.meta.url), 'utf8'),
);

export interface Operation extends Described {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
}

const all: readonly Operation[] = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, one]) => ({ ...one, path, method: method.toUpperCase() as Operation['method'] })),
);
export const isPage = ({ operationId }: Described): boolean => operationId.startsWith('page');
export const operations: readonly Operation[] = all.filter((one) => !isPage(one));
export const pages: readonly Operation[] = all.filter(isPage);

export const jsonType = 'application/json';
export const formType = 'application/x-www-form-urlencoded';
export const mediaOf = (operation: Operation, type: string = jsonType): Media | null =>
  operation.requestBody?.content[type] ?? null;
export const examplesOf = (operation: Operation): readonly Json[] =>
  Object.values(mediaOf(operation)?.examples ?? {}).map(({ value }) => value);

/** The path with something in the place of `{id}`. */
export const filled = (path: string, id: string = 'A'.repeat(22)): string => path.replace('{id}', id);

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Answers may grow, so that the document does not close them; here a member that it does not know is one that is missing there. */
const closed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(closed);
  if (!isObject(value)) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, closed(one)]));
  const isOpen = value['type'] === 'object' && isObject(value['properties']) && !('additionalProperties' in value);
  return isOpen ? { ...inner, additionalProperties: false } : inner;
};

const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
ajv.addSchema(closed(document) as Json, 'openapi.json');

/** A validator of a schema that may point into the document. */
export const validator = (schema: Json): ValidateFunction => {
  const absolute = JSON.stringify(closed(schema)).replaceAll('"$ref":"#/', '"$ref":"openapi.json#/');
  return ajv.compile(JSON.parse(absolute));
};

const validators = new Map<Json, ValidateFunction>();
const flawsIn = (schema: Json, body: unknown): readonly string[] => {
  const check = validators.get(schema) ?? validator(schema);
  validators.set(schema, check);
  return check(body) ? [] : (check.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
};

export const operationAt = (method: string, pathname: string): Operation | null => {
  const fits = ({ path }: Operation): boolean =>
    new RegExp(`^${path.replaceAll('.', '\\.').replace('{id}', '[A-Za-z0-9_-]{1,64}')}$`).test(pathname);
  const found = all.filter((one) => one.method === method && fits(one));
  return found.find(({ path }) => path === pathname) ?? found[0] ?? null;
};

/** The answer that the document has for a status. */
export const answerOf = ({ responses }: Described, status: number | string): Answer | null => {
  const found = responses[status] ?? null;
  return found?.$ref === undefined
    ? found
    : (document.components.responses[found.$ref.slice('#/components/responses/'.length)] ?? null);
};

/** The codes that an operation can be refused with, as JSON. */
export const codesOf = (operation: Described): readonly string[] =>
  Object.keys(operation.responses).flatMap((status) => {
    const schema = answerOf(operation, status)?.content?.['application/problem+json']?.schema;
    const own = schema?.['properties'] as { readonly code: { readonly enum: readonly string[] } } | undefined;
    return own?.code.enum ?? [];
  });

export interface Seen {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** What is in an answer that the document does not have, or the reverse. */
export const flawsOf = (operation: Operation, { status, headers, text }: Seen): readonly string[] => {
  const name = `${operation.operationId} ${status}`;
  const answer = answerOf(operation, status);
  if (answer === null) return [`${name} is not described: ${text}`];
  const missing = Object.entries(answer.headers ?? {})
    .filter(([header, { required, $ref }]) => (required === true || $ref !== undefined) && !headers.has(header))
    .map(([header]) => `${name} has no ${header}`);
  const type = headers.get('content-type');
  if (answer.content === undefined) return text === '' ? missing : [...missing, `${name} has a body`];
  const media = answer.content[type ?? ''];
  if (media === undefined) return [...missing, `${name} is ${type}`];
  const body: unknown = type?.includes('json') ? JSON.parse(text) : text;
  return [...missing, ...flawsIn(media.schema, body).map((flaw) => `${name}: ${flaw} in ${text}`)];
};
