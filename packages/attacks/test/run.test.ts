import { expect, it } from 'vitest';
import { application, origin } from '../mutants/app.ts';
import {
  type Attack,
  byUrl,
  Finding,
  inProcess,
  junit,
  lyingProvider,
  NotApplicable,
  profileOf,
  type Report,
  runAttacks,
  sallyport,
  table,
} from '../src/index.ts';

const profile = sallyport();

const attack = (id: string, run: Attack['run']): Attack => ({
  id,
  class: 'framework',
  title: `tries ${id}`,
  claim: `${id} holds.`,
  run,
});

const own = (attacks: readonly Attack[], bounds = {}): Promise<Report> =>
  runAttacks({ profile, target: () => application(), attacks, bounds });

it('says what an attack has said, and takes whatever else is thrown for unclear', async () => {
  const { results } = await own([
    attack('A-1', async () => 'fine'),
    attack('A-2', async () => {
      throw new Finding('bad');
    }),
    attack('A-3', async () => {
      throw new NotApplicable('nothing there');
    }),
    attack('A-4', async () => {
      throw new RangeError('a bug of the attack');
    }),
  ]);
  expect(results.map(({ id, verdict, detail }) => `${id} ${verdict}: ${detail}`)).toEqual([
    'A-1 held: fine',
    'A-2 finding: bad',
    'A-3 not applicable: nothing there',
    'A-4 inconclusive: RangeError: a bug of the attack',
  ]);
});

it('stops an attack that makes too many requests, and a run that does', async () => {
  const endless = attack('A-1', async (ground) => {
    for (;;) await ground.isSignedIn(ground.browser());
  });
  const one = await own([endless], { requestsPerAttack: 20 });
  expect(one.results.map(({ verdict, detail, requests }) => [verdict, detail, requests])).toEqual([
    ['inconclusive', 'stopped after 20 requests', 20],
  ]);
  const all = await own([endless, attack('A-2', async () => 'fine')], { requests: 30 });
  expect(all.requests).toBe(30);
  expect(all.results.map(({ verdict }) => verdict)).toEqual(['inconclusive', 'inconclusive']);
});

it('stops an attack that takes too long', async () => {
  const { results } = await own([attack('A-1', async (ground) => String(await ground.isSignedIn(ground.browser())))], {
    attackMs: -1,
  });
  expect(results[0]).toMatchObject({ verdict: 'inconclusive', detail: 'stopped after -1 ms' });
});

it('runs what was chosen, skips with a reason, and refuses names that there are not', async () => {
  const target = () => application();
  const chosen = await runAttacks({
    profile,
    target,
    only: ['SES-09', 'redirects'],
    skip: { 'RED-09': 'framed on purpose' },
  });
  expect(chosen.results.map(({ id }) => id)).toEqual(expect.arrayContaining(['SES-09', 'RED-01', 'RED-09']));
  expect(chosen.results.find(({ id }) => id === 'RED-09')).toMatchObject({
    verdict: 'not applicable',
    detail: 'skipped: framed on purpose',
    requests: 0,
  });
  await expect(runAttacks({ profile, target, only: ['SES-9'] })).rejects.toThrow('no attack or class is called SES-9');
});

it('attacks this computer alone, unless a host is allowed by name', async () => {
  const refused = [
    'https://example.com',
    'http://localhost.evil.example',
    'http://127.0.0.1.nip.example',
    'http://0.0.0.0',
    'ftp://localhost',
    'http://2130706433.example',
  ];
  for (const url of refused) await expect(byUrl(url), url).rejects.toThrow(TypeError);
  await expect(byUrl('https://staging.example', { allow: ['example'] })).rejects.toThrow(TypeError);
  expect((await byUrl('https://staging.example', { allow: ['staging.example'] })).origin).toBe(
    'https://staging.example',
  );
  expect((await byUrl('https://staging.example', { ownThis: true })).hasAddresses).toBe(false);
});

it('hands a provider over, by URL and in process, and has none otherwise', async () => {
  const provider = await lyingProvider({ issuer: 'http://127.0.0.1:4010' });
  expect((await byUrl('https://staging.example', { ownThis: true, provider })).provider).toBe(provider);
  expect((await byUrl('https://staging.example', { ownThis: true })).provider).toBeNull();
  expect(inProcess({ origin, handle: () => new Response(null), provider }).provider).toBe(provider);
});

it('reads mails from where it may connect alone', async () => {
  const target = await byUrl('https://staging.example', {
    allow: ['staging.example'],
    outbox: 'https://elsewhere.example/mails.json',
  });
  await expect(target.mails?.()).rejects.toThrow('elsewhere.example is not this computer');
});

it('names every flaw of a profile', () => {
  expect(() => profileOf({ name: '', session: {}, steps: { login: { method: 'POST' }, sing: {} }, extra: 1 })).toThrow(
    [
      'the profile cannot be used:',
      'name: a text',
      'session: { "cookie": name } or { "bearer": path }',
      'steps.session: is missing',
      'steps.login.path: is missing',
      'steps.sing: no member of `steps`',
      'extra: no member of a profile',
    ].join('\n'),
  );
  expect(profileOf(JSON.parse(JSON.stringify(sallyport({ totp: true }))))).toEqual(sallyport({ totp: true }));
});

const report: Report = {
  target: origin,
  profile: 'x',
  requests: 7,
  incomplete: 'limits everywhere',
  results: [
    { id: 'A-1', class: 'csrf', title: 'tries', claim: 'Holds.', verdict: 'held', detail: 'fine', requests: 1 },
    {
      id: 'A-2',
      class: 'csrf',
      title: 'tries <b>',
      claim: 'Holds.',
      verdict: 'finding',
      detail: 'seen "]]>&\u001b[2J\u0000',
      requests: 1,
    },
    {
      id: 'A-3',
      class: 'limits',
      title: 'tries',
      claim: 'Holds.',
      verdict: 'inconclusive',
      detail: 'limits',
      requests: 1,
    },
  ],
};

it('writes JUnit that whatever a target has answered cannot break', () => {
  const xml = junit(report);
  expect(xml).toContain('<testsuite name="csrf" tests="2" failures="1" errors="0" skipped="0">');
  expect(xml).toContain('<testsuite name="limits" tests="1" failures="0" errors="1" skipped="0">');
  expect(xml).toContain('<error message="limits"/>');
  expect(xml).toContain('name="A-2 tries &#60;b&#62;"');
  expect(xml).toContain('<failure message="seen &#34;]]&#62;&#38; [2J ">Holds.</failure>');
});

it('writes a table that moves no cursor, findings last', () => {
  const text = table(report);
  expect(text).not.toMatch(/[^\n\x20-\x7e]/);
  expect(text.indexOf('A-3')).toBeLessThan(text.indexOf('A-2'));
  expect(text).toContain('1 held, 1 finding, 0 not applicable, 1 inconclusive\nIncomplete: limits everywhere.');
});

it('sends bodies of bytes and of text in process alike', async () => {
  const seen: string[] = [];
  const handle = async (request: Request, address: string): Promise<Response> => {
    seen.push(`${address} ${await request.text()}`);
    return new Response(null, { status: 204 });
  };
  const { send } = inProcess({ origin, handle });
  for (const body of ['text', new TextEncoder().encode('bytes')])
    await send({ method: 'POST', path: '/', headers: [], body, address: 258 });
  expect(seen).toEqual(['10.0.1.2 text', '10.0.1.2 bytes']);
});
