import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Exchange } from '../src/http/exchange.ts';
import type { HandlerNeeds } from '../src/http/handler.ts';
import { type Fields, shape } from '../src/http/input.ts';
import { isErrorCode, statusOf } from '../src/http/problem.ts';
import {
  type Auth,
  type Feature,
  type JsonObject,
  jwt,
  password,
  type StandardSchema,
  StoreUnavailableError,
  totp,
} from '../src/index.ts';
import { oauth } from '../src/oauth.ts';
import { newBrowser, origin, world } from './harness.ts';
import { described } from './oauth.ts';
import { type TestProvider, testProvider } from './oauth-provider.ts';
import {
  codesOf,
  examplesOf,
  filled,
  flawsOf,
  formType,
  jsonType,
  mediaOf,
  type Operation,
  operationAt,
  operations,
  pages,
  validator,
} from './openapi.ts';
import { story } from './openapi-story.ts';
import { audience, testKeys } from './tokens.ts';

/** What the handler was made of, and what every route takes: neither is to be had from outside. */
const seen = vi.hoisted(() => ({
  needs: [] as HandlerNeeds[],
  inputs: [] as { readonly name: string; readonly input: Fields }[],
}));
vi.mock('../src/http/handler.ts', async (original) => {
  const real = await original<typeof import('../src/http/handler.ts')>();
  const handler: typeof real.handler = (needs) => {
    seen.needs.push(needs);
    return real.handler(needs);
  };
  return { ...real, handler };
});
vi.mock('../src/http/route.ts', async (original) => {
  const real = await original<typeof import('../src/http/route.ts')>();
  const route: typeof real.route = (definition) => {
    seen.inputs.push(definition);
    return real.route(definition);
  };
  return { ...real, route };
});

let provider: TestProvider;
beforeAll(async () => {
  provider = await testProvider();
});
afterAll(() => provider.close());

const withAll = (): readonly Feature[] => [
  password(),
  jwt({ audience, keys: testKeys }),
  totp({ issuer: 'Example', trustedDevices: true }),
  oauth([described(provider)]),
];

const tableOf = (features: readonly Feature[]) => {
  world({ features });
  const needs = seen.needs.at(-1);
  if (needs === undefined) throw new Error('no handler was made');
  return {
    routes: needs.routes.map(({ method, path, name }) => `${method} ${path} ${name}`).sort(),
    pages: needs.pages.map(({ path }) => path).sort(),
    forms: needs.routes.filter(({ takesForms }) => takesForms).map(({ name }) => name),
  };
};

const lineOf = ({ method, path, operationId }: Operation): string => `${method} ${path} ${operationId}`;

describe('the document has the routes of the code', () => {
  it('every one, and no other; each page; each form', () => {
    const real = tableOf(withAll());
    expect(operations.map(lineOf).sort()).toEqual(real.routes);
    expect(pages.map(({ path }) => path).sort()).toEqual(real.pages);
    const forms = operations.filter((one) => mediaOf(one, formType) !== null).map(({ operationId }) => operationId);
    expect(forms.sort()).toEqual(real.forms.sort());
  });

  it('names the feature of each', () => {
    const [passwords, tokens, factors, providers] = withAll();
    if (!passwords || !tokens || !factors || !providers) throw new Error('a feature is missing');
    const base = tableOf([passwords]).routes;
    const added = (feature: Feature): readonly string[] =>
      tableOf([passwords, feature]).routes.filter((line) => !base.includes(line));
    const tagged = (...tags: readonly string[]): readonly string[] =>
      operations
        .filter((one) => one.tags.every((tag) => tags.includes(tag)))
        .map(lineOf)
        .sort();
    expect(base).toEqual(tagged('always', 'password()'));
    expect(added(tokens)).toEqual(tagged('jwt()'));
    expect(added(factors)).toEqual(tagged('totp()'));
    expect(added(providers)).toEqual(tagged('oauth()'));
  });

  it('gives each code its status, and none that is not in the closed list', () => {
    for (const operation of operations) {
      for (const [status, { $ref = '' }] of Object.entries(operation.responses)) {
        if (!$ref.startsWith('#/components/responses/')) continue;
        const codes = $ref.slice('#/components/responses/'.length).split('.');
        expect(codes.map((code) => isErrorCode(code) && statusOf(code))).toEqual(codes.map(() => Number(status)));
      }
      expect(operation['x-redirected-codes']?.every(isErrorCode) ?? true).toBe(true);
    }
  });
});

/** What an operation may be refused with and the table of routes does not repeat in every row. */
const common = [
  ...['malformed_request', 'unauthenticated', 'access_token_expired', 'access_token_invalid', 'session_revoked'],
  ...['csrf_rejected', 'not_found', 'body_too_large', 'unsupported_media_type', 'conflict', 'validation_failed'],
  ...['rate_limited', 'store_unavailable', 'busy', 'internal'],
];

describe('the document agrees with the table of routes', () => {
  it('in every refusal that is not common to all', () => {
    const text = readFileSync(new URL('../../../docs/reference/http.md', import.meta.url), 'utf8');
    const rows = [...text.matchAll(/^\| `(GET|POST|DELETE) ([^`?]+)(?:\?[^`]*)?`[^|]*\|(.*)\|([^|]*)\|$/gm)];
    let compared = 0;
    for (const [, method = '', path = '', , cell = ''] of rows) {
      const operation = operationAt(method, filled(path));
      if (operation === null || pages.includes(operation)) continue;
      compared += 1;
      const inherited = cell.includes('those of `POST /oauth/{id}`')
        ? ['provider_unknown', 'return_to_forbidden', 'provider_failed']
        : [];
      const told = [...cell.matchAll(/`([a-z_]+)`/g)].map(([, code = '']) => code).filter(isErrorCode);
      const rare = (codes: readonly string[]) => [...new Set(codes)].filter((code) => !common.includes(code)).sort();
      const documented = [...codesOf(operation), ...(operation['x-redirected-codes'] ?? [])];
      expect([lineOf(operation), rare(documented)]).toEqual([lineOf(operation), rare([...told, ...inherited])]);
    }
    expect(compared).toBe(operations.length);
  });
});

type Members = Readonly<Record<string, { readonly schema: JsonObject; readonly required: boolean }>>;

/** What the document says that an operation takes; one each of the shapes that it may have. */
const shapesOf = (operation: Operation): readonly Members[] => {
  const outside: Members = Object.fromEntries(
    (operation.parameters ?? []).map(({ name, required, schema }) => [
      name,
      { required, schema: schema as JsonObject },
    ]),
  );
  const body = mediaOf(operation)?.schema;
  if (body === undefined) return [outside];
  const bodies = (body['oneOf'] ?? [body]) as readonly {
    readonly properties: Readonly<Record<string, JsonObject>>;
    readonly required?: readonly string[];
  }[];
  return bodies.map(({ properties, required = [] }) => ({
    ...outside,
    ...Object.fromEntries(
      Object.entries(properties).map(([name, schema]) => [name, { schema, required: required.includes(name) }]),
    ),
  }));
};

/** An input that no gate takes loads what is loaded on demand, and does nothing. */
const inputsOf = async (name: string): Promise<readonly Fields[]> => {
  seen.inputs.length = 0;
  world({ features: withAll() });
  const exchange = {} as Exchange;
  for (const { run } of seen.needs.at(-1)?.routes ?? []) expect(await run(null, exchange)).toMatchObject({ ok: false });
  return seen.inputs.filter((one) => one.name === name).map(({ input }) => input);
};

const lengths = [0, 1, 2, 64, 65, 128, 129, 254, 255, 1_024, 1_025, 4_096, 4_097, 65_536, 65_537];
const probes: readonly unknown[] = [
  ...lengths.map((length) => 'a'.repeat(length)),
  ...[' ', 'a b', 'a.b', 'a_b-c', 'é', 'ada@example.com', 'ada@münchen.example', `${'a'.repeat(64)}@example.com`],
  ...['totp', 'recovery_code', 'cookie', 'token', 'body', 0, 1, true, false, null, [], ['a'], {}, { a: 1 }],
];

/** What a schema cannot say: an address is more than a length. Returns the probes about which the two must agree. */
const judged = (schema: JsonObject): readonly unknown[] =>
  schema['format'] === 'idn-email'
    ? probes.filter((probe) => typeof probe !== 'string' || probe.includes('@') || probe.length > 254)
    : probes;

describe('the document takes what the gate takes', () => {
  it('the same members, and the same of them required', async () => {
    const spelt = (members: readonly (readonly [string, boolean])[]): string =>
      members
        .map(([name, required]) => (required ? name : `${name}?`))
        .sort()
        .join();
    for (const operation of operations) {
      const documented = shapesOf(operation).map((members) =>
        spelt(Object.entries(members).map(([name, { required }]) => [name, required])),
      );
      const real = (await inputsOf(operation.operationId)).map((fields) =>
        spelt(Object.entries(fields).map(([name, { optional }]) => [name, !optional])),
      );
      expect([operation.operationId, documented.sort()]).toEqual([operation.operationId, real.sort()]);
    }
  });

  it('in each of them, the same values', async () => {
    let compared = 0;
    for (const operation of operations) {
      const inputs = await inputsOf(operation.operationId);
      for (const members of shapesOf(operation)) {
        const input = inputs.find((one) => Object.keys(members).every((name) => Object.hasOwn(one, name))) ?? {};
        for (const [name, { schema }] of Object.entries(members)) {
          const field = input[name];
          if (field === undefined) throw new Error(`${operation.operationId} has no ${name}`);
          const [gate, check] = [shape({ it: field }), validator(schema)];
          const differing = judged(schema).filter((value) => gate({ it: value }).ok !== check(value));
          expect([operation.operationId, name, differing.map((value) => String(value).slice(0, 20))]).toEqual([
            operation.operationId,
            name,
            [],
          ]);
          compared += 1;
        }
      }
    }
    expect(compared).toBeGreaterThan(40);
  });
});

/** Every answer of an instance is held to the document on its way out. */
const watched = (auth: Auth<JsonObject>) => {
  const flaws: string[] = [];
  const answers = new Set<string>();
  const handle: Auth<JsonObject>['handle'] = async (request, context) => {
    const response = await auth.handle(request, context);
    const operation = operationAt(request.method, new URL(request.url).pathname.slice(auth.basePath.length));
    if (operation === null) throw new Error(`${request.method} ${request.url} is not described`);
    const { status, headers } = response;
    flaws.push(...flawsOf(operation, { status, headers, text: await response.clone().text() }));
    answers.add(`${operation.operationId} ${status}`);
    return response;
  };
  return { auth: { ...auth, handle }, flaws, answers };
};

const send = async (
  auth: Auth<JsonObject>,
  { method, path }: Operation,
  { body, type = jsonType, headers = {} }: { body?: string; type?: string; headers?: Record<string, string> } = {},
) => {
  const request = new Request(`${origin}/auth${filled(path, path.startsWith('/oauth') ? 'corp' : undefined)}`, {
    method,
    headers: { 'sec-fetch-site': 'same-origin', ...(body === undefined ? {} : { 'content-type': type }), ...headers },
    ...(body === undefined ? {} : { body }),
  });
  const response = await auth.handle(request, { peer: '198.51.100.7' });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  const code: string | null = isJson ? ((JSON.parse(text) as { code?: string }).code ?? null) : null;
  return { status: response.status, code, location: response.headers.get('location') };
};

const posts = operations.filter(({ method }) => method === 'POST');
const refusedForInput = ['validation_failed', 'malformed_request', 'unsupported_media_type', 'body_too_large'];
const withProfile: StandardSchema<JsonObject> = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as JsonObject }) },
};

describe('requests made from the document', () => {
  it('pass the gate as they are, and not with a member more', async () => {
    const { auth, flaws } = watched(world({ features: withAll(), profile: withProfile }).auth);
    for (const operation of posts) {
      const examples = examplesOf(operation);
      expect([operation.operationId, examples.length > 0]).toEqual([operation.operationId, true]);
      const check = validator(mediaOf(operation)?.schema ?? {});
      for (const example of examples) {
        expect([operation.operationId, check(example), check.errors]).toEqual([operation.operationId, true, null]);
        const { code } = await send(auth, operation, { body: JSON.stringify(example) });
        expect(refusedForInput).not.toContain(code);
        const odd = await send(auth, operation, { body: JSON.stringify({ ...example, isAdmin: true }) });
        expect([operation.operationId, odd.code]).toEqual([operation.operationId, 'validation_failed']);
      }
    }
    expect(flaws).toEqual([]);
  });

  it('pass as forms where forms are taken', async () => {
    const { auth, flaws } = watched(world({ features: withAll(), profile: withProfile }).auth);
    for (const operation of posts) {
      const form = mediaOf(operation, formType);
      const [example = {}] = examplesOf(operation);
      const entries = Object.entries({ ...example, returnTo: '/after' });
      const fields = Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
      if (form === null) {
        const { code } = await send(auth, operation, { body: `${new URLSearchParams(fields)}`, type: formType });
        expect([operation.operationId, code]).toEqual([operation.operationId, 'unsupported_media_type']);
        continue;
      }
      const check = validator(form.schema);
      expect([operation.operationId, check(fields), check.errors]).toEqual([operation.operationId, true, null]);
      const { status, location } = await send(auth, operation, {
        body: `${new URLSearchParams(fields)}`,
        type: formType,
      });
      expect([operation.operationId, status]).toEqual([operation.operationId, 303]);
      const code = new URL(location ?? '', origin).searchParams.get('code');
      expect(refusedForInput).not.toContain(code);
    }
    expect(flaws).toEqual([]);
  });

  it('ask for a session exactly where the document does', async () => {
    const { auth, flaws } = watched(world({ features: withAll() }).auth);
    for (const operation of operations) {
      const [example] = examplesOf(operation);
      const { code } = await send(auth, operation, example === undefined ? {} : { body: JSON.stringify(example) });
      const asks = operation.security.length > 0 && operation.security.every((one) => Object.keys(one).length > 0);
      expect([operation.operationId, code === 'unauthenticated']).toEqual([operation.operationId, asks]);
    }
    expect(flaws).toEqual([]);
  });
});

describe('real answers are those of the document', () => {
  it('where something is wrong with the request, the token or the server', async () => {
    let isDown = false;
    const outage = async (call: string): Promise<void> => {
      if (isDown) throw new StoreUnavailableError(call, { cause: new Error('planned outage') });
    };
    const w = world({ features: withAll(), instruments: { before: outage, after: async () => {} } });
    const { auth, flaws, answers } = watched(w.auth);
    for (const operation of [...operations, ...pages]) {
      const [example] = examplesOf(operation);
      const body = example === undefined ? {} : { body: JSON.stringify(example) };
      await send(auth, operation, { ...body, headers: { 'sec-fetch-site': 'cross-site' } });
      await send(auth, operation, { ...body, headers: { authorization: 'Bearer none.of.ours' } });
      if (operation.method === 'POST') {
        await send(auth, operation, { body: '{' });
        await send(auth, operation, { body: 'a', type: 'text/plain' });
        await send(auth, operation, { body: JSON.stringify({ a: 'a'.repeat(70_000) }) });
      }
      // Until its limiter says no, where one counts strangers.
      const tries = operation.security.length === 0 ? 40 : 0;
      for (let n = 0; n < tries && !answers.has(`${operation.operationId} 429`); n += 1)
        await send(auth, operation, body);
      isDown = true;
      await send(auth, operation, { ...body, headers: { cookie: `__Host-session=v1.${'a'.repeat(43)}` } });
      isDown = false;
    }
    expect(flaws).toEqual([]);
    const limited = [...answers].filter((one) => one.endsWith(' 429')).map((one) => one.split(' ')[0]);
    expect(limited.sort()).toEqual(['forgotPassword', 'login', 'register', 'sendVerification', 'startOAuth']);
    expect([...answers].filter((one) => one.endsWith(' 503')).length).toBeGreaterThan(20);
  });

  it('where all goes well: every success that is described was seen', async () => {
    const clocked = world({ features: withAll(), profile: withProfile });
    provider.now = () => clocked.clock.now();
    const main = watched(clocked.auth);
    const open = watched(world({ features: withAll(), registration: 'open' }).auth);
    await story({ ...clocked, auth: main.auth, browser: (address) => newBrowser(main.auth, address) }, provider);
    await newBrowser(open.auth).post('/register', {
      email: 'new@example.com',
      password: 'correct horse battery staple',
    });
    for (const page of pages) await send(main.auth, page);
    for (const operation of posts.filter((one) => mediaOf(one, formType) !== null)) {
      await send(main.auth, operation, { body: 'returnTo=%2F', type: formType });
    }
    expect([...main.flaws, ...open.flaws]).toEqual([]);
    const answers = new Set([...main.answers, ...open.answers]);
    const unseen = [...operations, ...pages].flatMap((one) =>
      Object.keys(one.responses)
        .filter((status) => Number(status) < 400 && !answers.has(`${one.operationId} ${status}`))
        .map((status) => `${one.operationId} ${status}`),
    );
    expect(unseen).toEqual([]);
  });
});
