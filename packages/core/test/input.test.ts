import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { memoryStores } from '../src/index.ts';
import { type Browser, goodPassword, otherPassword, type World, world } from './harness.ts';
import { expectProblem, postRoutes, recordWrites, statusByCode, type Wire, type WireRoute, wireSend } from './wire.ts';

let w: World;
let signedIn: Browser;

beforeEach(async () => {
  w = world();
  signedIn = await w.signedIn('known@example.org');
  w.log.length = 0;
  w.outbox.length = 0;
});

/** As the signed-in browser, so that a guarded route is refused for its input and not for want of a session. */
const send = (path: string, wire: Wire = {}): Promise<Response> => {
  const cookie = signedIn.headers().get('cookie') ?? '';
  return wireSend(w.auth, path, { ...wire, headers: { cookie, ...wire.headers } });
};
const sendJson = (path: string, value: unknown): Promise<Response> => send(path, { body: JSON.stringify(value) });

/** Nothing was asked of a store, a limiter or a hasher, nobody was written to. */
const expectUntouched = (): void => {
  expect(w.log).toEqual([]);
  expect(w.outbox).toEqual([]);
};

const expectRefused = async (response: Response, codes: readonly string[]): Promise<Record<string, unknown>> => {
  const problem = await expectProblem(response);
  expect(codes).toContain(problem.code);
  expectUntouched();
  return problem;
};

const fieldsOf = (routes: readonly WireRoute[]) =>
  routes.flatMap((route) => Object.keys(route.body).map((field) => ({ path: route.path, field, route })));

const lone = ['\ud800', '\udfff', 'a\ud83db', '\ude00\ud83d'];
const notText: fc.Arbitrary<unknown> = fc.oneof(
  fc.array(fc.string(), { maxLength: 3 }),
  fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 }),
  fc.double({ noNaN: true }),
  fc.boolean(),
  fc.constantFrom(null, [], {}, [['a']], 0, -1, 1e308, { toString: 'x' }, { length: 20 }, { invalid: 'x' }),
);
const badText: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  email: fc.oneof(
    fc.string().filter((text) => !text.includes('@')),
    fc.constantFrom(...lone.map((c) => `a${c}@example.org`)),
  ),
  password: fc.constantFrom('', ...lone),
  current: fc.constantFrom('', ...lone, 'x'.repeat(1_025)),
  token: fc.constantFrom('', ...lone, 'A'.repeat(129)),
  transport: fc.string().filter((text) => text !== 'cookie'),
  everywhere: fc.string().filter((text) => text !== 'true' && text !== 'false'),
};

describe('INJ-07: JSON input', () => {
  it.each(fieldsOf(postRoutes))(
    'EMAIL-10: $path: a $field of another type or form is 422 and names the member',
    async ({ path, field, route }) => {
      const isFlag = field === 'everywhere';
      const odd = fc.oneof(
        isFlag ? notText.filter((value) => typeof value !== 'boolean') : notText,
        badText[field] ?? notText,
      );
      await fc.assert(
        fc.asyncProperty(odd, async (value) => {
          const problem = await expectRefused(await sendJson(path, { ...route.body, [field]: value }), [
            'validation_failed',
          ]);
          expect(problem['errors']).toEqual([{ pointer: `/${field}`, code: expect.stringMatching(/^[a-z_]+$/) }]);
        }),
      );
    },
  );

  it.each(postRoutes)(
    'INJ-04: $path: an unknown member is 422 and named, whatever it is called',
    async ({ path, body }) => {
      const known = Object.keys(body);
      const names = [
        'role',
        'id',
        'emailVerified',
        'createdAt',
        'userId',
        'returnTo',
        'to',
        'epoch',
        'aal',
        '__proto__',
        'constructor',
      ];
      const extra = fc.oneof(
        fc.constantFrom(...names, 'prototype', 'toString', 'hasOwnProperty', 'a/b~c', ''),
        fc.string({ maxLength: 60 }),
      );
      await fc.assert(
        fc.asyncProperty(extra, fc.jsonValue(), async (name, value) => {
          fc.pre(!known.includes(name) && !(path === '/register' && name === 'profile'));
          fc.pre(!(path === '/verify-email' && name === 'password'));
          // As text, so that `__proto__` is a member of its own.
          const text = `{${[...Object.entries(body), [name, value]].map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`).join(',')}}`;
          const problem = await expectRefused(await send(path, { body: text }), ['validation_failed']);
          const pointer = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
          expect(problem['errors']).toEqual([{ pointer, code: 'unknown_member' }]);
        }),
      );
      expect(({} as Record<string, unknown>)['role']).toBeUndefined();
    },
  );

  it.each(postRoutes)(
    '$path: whatever JSON comes, the answer is one of the 4xx, and nothing was done',
    async ({ path, body }) => {
      const required = Object.keys(body).filter((name) => !['everywhere', 'transport', 'current'].includes(name));
      await fc.assert(
        fc.asyncProperty(fc.json({ maxDepth: 5 }), async (text) => {
          const value: unknown = JSON.parse(text);
          fc.pre(required.length > 0 || typeof value !== 'object' || Object.keys(value ?? []).length > 0);
          await expectRefused(await send(path, { body: text }), ['validation_failed']);
        }),
      );
    },
  );

  it.each(postRoutes)(
    '$path: whatever bytes come, the answer is one of the 4xx, and nothing was done',
    async ({ path }) => {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 64 }), async (bytes) => {
          await expectRefused(await send(path, { body: Uint8Array.from(bytes) }), [
            'malformed_request',
            'validation_failed',
          ]);
        }),
      );
    },
  );

  it.each(postRoutes)('$path: JSON that is cut off anywhere is 400', async ({ path, body }) => {
    const text = JSON.stringify({ ...body, more: ['é', { a: null }] });
    for (let at = 1; at < text.length; at += 1) {
      await expectRefused(await send(path, { body: text.slice(0, at) }), ['malformed_request']);
    }
  });

  it.each(postRoutes)('$path: no body at all is read as an empty object', async ({ path, body }) => {
    const wanted = Object.keys(body).filter((name) => !['everywhere', 'transport', 'current'].includes(name));
    for (const wire of [{}, { type: null }, { type: 'text/plain' }, { body: '' }]) {
      if (path === '/logout') continue;
      const problem = await expectRefused(await send(path, wire), ['validation_failed']);
      const missing = (problem['errors'] as { pointer: string; code: string }[]).map(({ pointer, code }) => [
        pointer,
        code,
      ]);
      const isOptional = (name: string) =>
        ['/verify-email', '/change-email/confirm'].includes(path) && name === 'password';
      expect(missing).toEqual(wanted.filter((name) => !isOptional(name)).map((name) => [`/${name}`, 'required']));
    }
  });

  const odd: readonly [string, string | Uint8Array<ArrayBuffer>, string][] = [
    ['not JSON', '{email:1}', 'malformed_request'],
    ['two documents', '{}{}', 'malformed_request'],
    ['NaN', '{"email":NaN}', 'malformed_request'],
    ['a comment', '{}/**/', 'malformed_request'],
    ['white space alone', ' \n', 'malformed_request'],
    ['a NUL', '\0', 'malformed_request'],
    ['a byte order mark', '\ufeff{"email":1}', 'malformed_request'],
    ['invalid UTF-8', Uint8Array.of(0x22, 0xff, 0x22), 'malformed_request'],
    ['an overlong slash', Uint8Array.of(0x22, 0xc0, 0xaf, 0x22), 'malformed_request'],
    ['a surrogate in UTF-8', Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22), 'malformed_request'],
    ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x7b, 0, 0x7d, 0), 'malformed_request'],
    ['a truncated sequence', Uint8Array.of(0x22, 0xe2, 0x82), 'malformed_request'],
    ['null', 'null', 'validation_failed'],
    ['a list', '[{"email":"a@b.co"}]', 'validation_failed'],
    ['a text', '"email"', 'validation_failed'],
    ['a number', '1e400', 'validation_failed'],
    ['10,000 lists deep, unclosed', '['.repeat(10_000), 'malformed_request'],
    ['8,000 lists deep', '['.repeat(8_000) + ']'.repeat(8_000), 'validation_failed'],
    ['2,700 objects deep', `${'{"a":'.repeat(2_700)}1${'}'.repeat(2_700)}`, 'validation_failed'],
    [
      '1,500 unknown members',
      `{${Array.from({ length: 1_500 }, (_, i) => `"m${i}":1`).join(',')}}`,
      'validation_failed',
    ],
  ];
  it.each(odd)('%s', async (_, body, code) => {
    for (const { path } of postRoutes) {
      const problem = await expectRefused(await send(path, { body }), [code]);
      if (code === 'validation_failed') expect((problem['errors'] as unknown[]).length).toBeLessThanOrEqual(20);
    }
  });

  it('INJ-04: a member twice is its last value, which is judged like any other', async () => {
    const body = '{"email":"known@example.org","password":"wrong","email":["known@example.org"]}';
    await expectRefused(await send('/login', { body }), ['validation_failed']);
  });
});

describe('INJ-07: the body as bytes', () => {
  const types = ['text/plain', '', 'application/jsonp', 'application/json+x', 'text/json', 'application/xml', 'json'];
  it.each([...types, 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded, application/json'])(
    'CSRF-01: 415 for the content type %j',
    async (type) => {
      for (const { path, body } of postRoutes) {
        await expectRefused(await send(path, { type, body: JSON.stringify(body) }), ['unsupported_media_type']);
      }
    },
  );

  it('415 without a content type, and for a form where none is taken', async () => {
    for (const { path, body, takesForms } of postRoutes) {
      const bytes = new TextEncoder().encode(JSON.stringify(body));
      await expectRefused(await send(path, { type: null, body: bytes }), ['unsupported_media_type']);
      if (takesForms) continue;
      const form = new URLSearchParams(body as Record<string, string>).toString();
      await expectRefused(await send(path, { type: 'application/x-www-form-urlencoded', body: form }), [
        'unsupported_media_type',
      ]);
    }
  });

  it('the type counts without its parameters and in any case', async () => {
    for (const type of ['Application/JSON', 'application/json; charset=utf-8', ' application/json ;x']) {
      expect((await send('/login', { type, body: '{"email":"a@b.co","password":"wrong"}' })).status).toBe(401);
    }
  });

  /** A body that is never complete: counts what is asked of it. */
  const endless = (chunk: Uint8Array<ArrayBuffer> = new Uint8Array(1_024).fill(0x20)) => {
    const seen = { pulled: 0, cancelled: 0 };
    const body = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          seen.pulled += 1;
          controller.enqueue(chunk);
        },
        cancel: () => {
          seen.cancelled += 1;
        },
      },
      { highWaterMark: 0 },
    );
    return { seen, body };
  };

  it.each(postRoutes)('$path: 16 KiB and a byte is 413, said or not; 16 KiB is read', async ({ path }) => {
    const padded = (length: number) => `{}${' '.repeat(length - 3)}x`;
    await expectRefused(await send(path, { body: padded(16_385) }), ['body_too_large']);
    await expectRefused(await send(path, { body: padded(16_384) }), ['malformed_request']);
    const said = await send(path, { body: '{}', headers: { 'content-length': '16385' } });
    await expectRefused(said, ['body_too_large']);
  });

  it.each(postRoutes)('$path: an endless body is read to the limit and cancelled there', async ({ path }) => {
    const { seen, body } = endless();
    await expectRefused(await send(path, { body }), ['body_too_large']);
    expect(seen).toEqual({ pulled: 17, cancelled: 1 });
  });

  it.each(postRoutes)('$path: what says that it is too large is not read at all', async ({ path }) => {
    for (const length of ['16385', '1e9', '99999999999999999999']) {
      const { seen, body } = endless();
      await expectRefused(await send(path, { body, headers: { 'content-length': length } }), ['body_too_large']);
      expect(seen.pulled).toBe(0);
    }
  });

  it('a content length that is a lie changes nothing', async () => {
    for (const length of ['0', '1', '-1', 'x', '', '16384', '1, 1']) {
      const { seen, body } = endless();
      await expectRefused(await send('/login', { body, headers: { 'content-length': length } }), ['body_too_large']);
      expect(seen).toEqual({ pulled: 17, cancelled: 1 });
    }
  });

  it('one chunk of a megabyte is 413, and so is a value of one', async () => {
    for (const { path, body } of postRoutes) {
      const { seen, body: stream } = endless(new Uint8Array(1_048_576));
      await expectRefused(await send(path, { body: stream }), ['body_too_large']);
      expect(seen.pulled).toBe(1);
      for (const name of Object.keys(body)) {
        await expectRefused(await sendJson(path, { ...body, [name]: 'x'.repeat(1_048_576) }), ['body_too_large']);
      }
    }
  });

  it('a body that breaks off is 400', async () => {
    const broken = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{"email":')),
      pull: (controller) => controller.error(new Error('connection reset')),
    });
    await expectRefused(await send('/login', { body: broken }), ['malformed_request']);
  });

  it.each<[string, () => Promise<void>]>([
    ['cannot be cancelled', () => Promise.reject(new Error('no'))],
    ['is never done cancelling', () => new Promise<void>(() => {})],
  ])('too large is 413 also where the rest of it %s', async (_, cancel) => {
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(20_000)),
      cancel,
    });
    let answer: Response | null = null;
    void send('/login', { body }).then((response) => {
      answer = response;
    });
    for (let turn = 0; turn < 100 && answer === null; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect((answer as Response | null)?.status).toBe(statusByCode.body_too_large);
  });

  it('the limit is the option', async () => {
    w = world({ bodyLimit: 1_024 });
    expect((await send('/login', { body: ' '.repeat(1_025) })).status).toBe(413);
    expect((await send('/login', { body: ' '.repeat(1_024) })).status).toBe(400);
  });
});

describe('INJ-06: form input', () => {
  const type = 'application/x-www-form-urlencoded';
  const forms = postRoutes.filter(({ takesForms }) => takesForms);

  it.each(forms)('EMAIL-05: $path: a field twice is 400, in whatever spelling', async ({ path, body }) => {
    for (const [name, value] of Object.entries(body)) {
      const one = `${name}=${encodeURIComponent(String(value))}`;
      for (const again of [one, `${name}=x`, `${name}`, `%${name.charCodeAt(0).toString(16)}${name.slice(1)}=x`]) {
        await expectRefused(await send(path, { type, body: `${one}&${again}` }), ['malformed_request']);
      }
    }
  });

  it.each(forms)('EMAIL-05: $path: brackets make no list: an unknown member', async ({ path, body }) => {
    for (const name of Object.keys(body)) {
      await expectRefused(await send(path, { type, body: `${name}[]=a@x.org&${name}[]=b@x.org` }), [
        'malformed_request',
      ]);
      const response = await send(path, { type, body: `${name}[]=a@x.org&${name}[1]=b@x.org` });
      expect([response.status, response.headers.get('location')]).toEqual([
        303,
        'https://app.example.com/auth/error?code=validation_failed',
      ]);
      expectUntouched();
    }
  });

  it.each(forms)(
    '$path: whatever form comes is refused by a 4xx or by the error page, and nothing was done',
    async ({ path }) => {
      const field = fc.tuple(fc.string({ maxLength: 12 }), fc.string({ maxLength: 30 }));
      await fc.assert(
        fc.asyncProperty(fc.array(field, { minLength: 1, maxLength: 6 }), async (fields) => {
          fc.pre(fields.some(([name]) => name !== ''));
          const body = new URLSearchParams([
            ...fields.map(([name, value]): [string, string] => [name, value]),
            ['x', 'y'],
          ]).toString();
          const response = await send(path, { type, body });
          if (response.status === 303) {
            expect(response.headers.get('location')).toMatch(
              /^https:\/\/app\.example\.com\/auth\/error\?code=validation_failed$/,
            );
          } else expect((await expectProblem(response)).code).toBe('malformed_request');
          expectUntouched();
        }),
      );
    },
  );

  it('INJ-05: a form field called __proto__ or profile.__proto__ is an unknown member', async () => {
    for (const name of ['__proto__', 'constructor', '__proto__.admin', 'profile.__proto__', 'profile.constructor']) {
      const body = `email=a%40x.org&password=${encodeURIComponent(goodPassword)}&${name}=x`;
      const response = await send('/register', { type, body });
      expect(response.headers.get('location')).toContain('code=validation_failed');
      expectUntouched();
    }
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });

  it('invalid UTF-8 in a form is 400', async () => {
    await expectRefused(await send('/login', { type, body: Uint8Array.of(0x61, 0x3d, 0xff) }), ['malformed_request']);
  });
});

describe('addresses', () => {
  it('EMAIL-07, EMAIL-05: no list, no comment, no route, no header', async () => {
    const bad = [
      'a@x.com\r\nBcc: v@y.z',
      'a@x.com%0d%0aBcc:v@y.z ',
      'a\nb@x.com',
      'a@x.com,b@y.com',
      'a@x.com;b@y.com',
      'A <a@x.com>',
    ];
    const worse = [
      '"a b"@x.com',
      'a(c)@x.com',
      'a@[127.0.0.1]',
      'a@localhost',
      'a@x.com\0',
      '\0a@x.com',
      `${'a'.repeat(300)}@x.com`,
    ];
    for (const email of [...bad, ...worse, ['a@x.com'], { $ne: null }, ['a@x.com', 'b@y.com']]) {
      for (const { path, body } of postRoutes.filter((route) => 'email' in route.body)) {
        await expectRefused(await sendJson(path, { ...body, email }), ['validation_failed']);
      }
    }
  });

  it('EMAIL-01: whoever looks alike, every mail goes to a stored address', async () => {
    const written = recordWrites(memoryStores());
    w = world({ inner: written.stores });
    await w.confirmed('mike@example.org');
    await w.confirmed('sam@example.org');
    const swaps: readonly (readonly [string, string])[] = [
      ['mıke', 'sam'],
      ['miKe', 'ſam'],
      ['MIKE', 'SAM'],
      ['mİke', 'sａm'],
      ['ｍｉｋｅ', 'ѕam'],
      ['mi\u0307ke', 's\u0430m'],
      ['mike\u200b', 'sam\u00ad'],
      [' mike', '\ufeffsam'],
    ];
    const domains = ['example.org', 'EXAMPLE.ORG', 'ｅxample.org', 'exampl\u0435.org', 'example。org'];
    const attacker = w.browser('203.0.113.5');
    const statuses = new Set<number>();
    for (const local of swaps.flat()) {
      for (const domain of domains) {
        const email = `${local}@${domain}`;
        for (const [path, more] of [
          ['/verify-email/send', {}],
          ['/register', { password: otherPassword }],
          ['/login', { password: otherPassword }],
        ] as const) {
          attacker.address = `203.0.113.${statuses.size}`;
          statuses.add((await attacker.post(path, { email, ...more })).status);
          await w.auth.drain();
          w.clock.advance(3_600_000);
        }
      }
    }
    // 403: the attacker's own look-alike, never confirmed.
    expect([...statuses].sort()).toEqual([202, 401, 403, 422]);
    const stored = written.values.flatMap((value) => {
      const { call, args } = value as { call: string; args: { email?: string }[] };
      return call === 'users.create' ? [args[0]?.email] : [];
    });
    for (const { to } of w.outbox) expect(stored).toContain(to);
    for (const [email, name] of [
      ['mike@example.org', 'Kelvin'],
      ['sam@example.org', 'capitals'],
    ]) {
      expect([name, w.outbox.filter(({ to }) => to === email).map(({ type }) => type)[0]]).toEqual([
        name,
        'verify_email',
      ]);
      expect(w.outbox.filter(({ to, type }) => to === email && type === 'register_attempt').length).toBeGreaterThan(0);
    }
    // Nobody took the name over: the owners' password still opens their accounts, the attacker's opens none of theirs.
    for (const email of ['mike@example.org', 'sam@example.org']) {
      const owner = w.browser('192.0.2.77');
      expect((await owner.post('/login', { email, password: goodPassword })).status).toBe(200);
      expect((await owner.post('/login', { email, password: otherPassword })).status).toBe(401);
    }
  });

  it('EMAIL-14: every route canonicalises alike', async () => {
    await w.confirmed('Jos\u00e9@xn--mnchen-3ya.example');
    for (const email of [
      'jose\u0301@m\u00fcnchen.example',
      'JOS\u00c9@xn--mnchen-3ya.EXAMPLE',
      ' Jos\u00e9@M\u00dcNCHEN.example ',
    ]) {
      const browser = w.browser(`192.0.2.${email.length}`);
      expect((await browser.post('/login', { email, password: goodPassword })).status).toBe(200);
      w.outbox.length = 0;
      w.clock.advance(3_600_000);
      await browser.post('/register', { email, password: otherPassword });
      await w.auth.drain();
      expect(w.outbox.map(({ to, type }) => [to, type])).toEqual([
        ['Jos\u00e9@xn--mnchen-3ya.example', 'register_attempt'],
      ]);
    }
  });

  it('INJ-01, INJ-02: patterns, quotes and operators find nobody', async () => {
    const odd = [
      '%',
      '_nown',
      'k%',
      'known%',
      '*',
      'k*',
      '.*'.replace('.', 'x'),
      "known'--",
      "'or'1'='1",
      '$1',
      '{$gt}',
      'known*',
      '?nown',
    ];
    for (const local of [...odd, '__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'null', 'undefined']) {
      const email = `${local}@example.org`;
      const browser = w.browser('192.0.2.9');
      const login = await browser.post('/login', { email, password: goodPassword });
      expect([email, login.status, login.body.code]).toEqual([email, 401, 'invalid_credentials']);
      expect((await browser.post('/verify-email/send', { email })).status).toBe(202);
      w.clock.advance(3_600_000);
    }
    await w.auth.drain();
    expect(w.outbox).toEqual([]);
  });
});

describe('passwords as they are', () => {
  const tooLong = [1_025, 4_097, 8_000];

  it.each(tooLong)(
    'PWD-03, PWD-04: %i characters: known and unknown are refused alike, and nothing is hashed',
    async (length) => {
      const long = 'x'.repeat(length);
      const answers: unknown[] = [];
      for (const email of ['known@example.org', 'unknown@example.org']) {
        const problem = await expectRefused(await sendJson('/login', { email, password: long }), ['validation_failed']);
        answers.push({ ...problem, requestId: null });
      }
      expect(answers[0]).toEqual(answers[1]);
      await expectRefused(await sendJson('/step-up', { password: long }), ['validation_failed']);
      await expectRefused(await sendJson('/verify-email', { token: 'A'.repeat(43), password: long }), [
        'validation_failed',
      ]);
      await expectRefused(await sendJson('/change-password', { current: long, password: otherPassword }), [
        'validation_failed',
      ]);
    },
  );

  it.each(tooLong)('PWD-04: %i characters to set: weak_password, and nothing is hashed or stored', async (length) => {
    const text = 'correct horse '.repeat(1_000).slice(0, length);
    for (const email of ['known@example.org', 'new@example.org']) {
      const problem = await expectRefused(await sendJson('/register', { email, password: text }), ['weak_password']);
      expect(problem['reasons']).toEqual(['too_long']);
    }
    const changed = await sendJson('/change-password', { current: goodPassword, password: text });
    expect((await expectProblem(changed)).code).toBe('weak_password');
    expect(w.log).not.toContain('hash');
    expect(w.log.filter((call) => /create|replace|delete/.test(call))).toEqual([]);
  });

  it('PWD-04: 1,024 bytes are a password and 1,025 are none, in any script', async () => {
    const words = 'one two three four five six seven eight nine ten '.repeat(30);
    for (const [password, status] of [
      [words.slice(0, 1_024), 202],
      [words.slice(0, 1_025), 422],
      [`${words.slice(0, 1_022)}é`, 202],
      [`${words.slice(0, 1_023)}é`, 422],
    ] as const) {
      expect((await sendJson('/register', { email: 'new@example.org', password })).status).toBe(status);
      w.clock.advance(3_600_000);
    }
  });

  it.each<[string, string, readonly string[], readonly string[]]>([
    [
      'PWD-15: not trimmed',
      '  pass phrase with spaces  ',
      ['  pass phrase with spaces  '],
      ['pass phrase with spaces', ' pass phrase with spaces ', '  pass phrase with spaces'],
    ],
    [
      'PWD-15: the case counts',
      'Correct Horse Battery Staple',
      [],
      ['correct horse battery staple', 'CORRECT HORSE BATTERY STAPLE'],
    ],
    [
      'PWD-15: NFC, and no further: composed is decomposed, full width is not',
      'caf\u00e9 cr\u00e8me br\u00fbl\u00e9e',
      ['cafe\u0301 cre\u0300me bru\u0302le\u0301e'],
      ['cafe creme brulee', 'ｃaf\u00e9 cr\u00e8me br\u00fbl\u00e9e'],
    ],
    [
      'PWD-09: NUL is a character',
      'correct horse\0battery staple',
      [],
      ['correct horse\0battery other', 'correct horse', 'correct horsebattery staple'],
    ],
    [
      'PWD-15: line ends are characters',
      'correct horse\r\nbattery staple',
      [],
      ['correct horse\nbattery staple', 'correct horse battery staple'],
    ],
    [
      'PWD-01: all of it counts',
      `${'seven words and a lot of padding '.repeat(8)}b`,
      [],
      [`${'seven words and a lot of padding '.repeat(8)}c`, 'seven words and a lot of padding '.repeat(8)],
    ],
  ])('%s', async (_, set, right, wrong) => {
    await w.confirmed('p@example.org', set);
    const tryOut = async (password: string) => {
      w.clock.advance(3_600_000);
      return (await w.browser().post('/login', { email: 'p@example.org', password })).status;
    };
    for (const password of [set, ...right]) expect([password, await tryOut(password)]).toEqual([password, 200]);
    for (const password of wrong) expect([password, await tryOut(password)]).toEqual([password, 401]);
  });

  it('PWD-15: a form sends the same password as JSON does', async () => {
    const secret = ' a+b & c=d%20 é\0 pass phrase ';
    await w.confirmed('p@example.org', secret);
    const body = new URLSearchParams({ email: 'p@example.org', password: secret, returnTo: '/in' }).toString();
    const response = await wireSend(w.auth, '/login', { type: 'application/x-www-form-urlencoded', body });
    expect([response.status, response.headers.get('location')]).toEqual([303, '/in']);
  });
});

describe('INJ-03: what reaches a store', () => {
  it('is an id of the form that ids have, on every road', async () => {
    const written = recordWrites(memoryStores());
    w = world({ inner: written.stores });
    signedIn = await w.signedIn('known@example.org');
    const odd = [
      '',
      '*',
      'a*',
      '[x]',
      'a b',
      'a/b',
      'a\0b',
      'é',
      '\ud800',
      "'; --",
      'x'.repeat(65),
      'x'.repeat(100_000),
    ];
    for (const id of odd) {
      await w.auth.api.revokeSession({ id }, signedIn.headers()).catch(() => null);
      await signedIn.delete(`/sessions/${encodeURIComponent(/[\ud800-\udfff]/.test(id) ? 'x' : id)}`.slice(0, 2_000));
    }
    for (const cookie of odd.filter((text) => /^[!-~]*$/.test(text))) {
      await w.auth.authenticate(new Headers({ cookie: `__Host-session=${cookie}` }));
      await w.auth.authenticate(new Headers({ cookie: `__Host-session=v1.${cookie}` }));
      await w.auth.api.verifyEmail({ token: cookie }, new Headers()).catch(() => null);
    }
    expect(written.ids.length).toBeGreaterThan(10);
    for (const id of written.ids.filter((text) => !text.includes('@'))) expect(id).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
  });
});
