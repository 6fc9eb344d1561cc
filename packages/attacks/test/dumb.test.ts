import { describe, expect, it } from 'vitest';
import { application, origin } from '../mutants/app.ts';
import { attacks, type InProcess, inProcess, runAttacks, sallyport, type Target } from '../src/index.ts';

const always = (answer: () => Response): (() => Target) => {
  return () =>
    inProcess({ origin, handle: answer, outbox: () => [], settle: async () => {}, work: () => 0, advance: () => {} });
};

const json = (status: number, body: unknown): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', 'set-cookie': '__Host-session=abc; Path=/' },
  });

const dumb: readonly (readonly [string, () => Target])[] = [
  ['404', always(() => new Response(null, { status: 404 }))],
  ['200 and nothing', always(() => new Response(null, { status: 200 }))],
  ['200 and a user', always(() => json(200, { user: { id: 'x' }, sessions: [] }))],
  ['401', always(() => json(401, { code: 'unauthenticated' }))],
  ['429', always(() => json(429, { code: 'rate_limited' }))],
  ['500', always(() => json(500, {}))],
  ['302', always(() => new Response(null, { status: 302, headers: { location: '/' } }))],
  [
    'no answer at all',
    always(() => {
      throw new Error('down');
    }),
  ],
];

/** Our own stack until somebody is signed in, and then nothing but one answer. */
const breaksDown =
  (status: number): (() => Target) =>
  () => {
    const good = application();
    let sent = 0;
    const handle: InProcess['handle'] = () => new Response(null, { status });
    const bad = inProcess({ origin, handle });
    return {
      ...good,
      send: (request) => {
        sent += 1;
        return sent > 7 ? bad.send(request) : good.send(request);
      },
    };
  };

describe('a target that tells nothing is never said to have held', () => {
  it.each(dumb)('it always answers %s', async (_name, target) => {
    const { results } = await runAttacks({ profile: sallyport(), target });
    expect(results.filter(({ verdict }) => verdict === 'held' || verdict === 'finding')).toEqual([]);
    expect(results).toHaveLength(attacks.length);
  });

  it.each([404, 429])('it breaks down and answers %i', async (status) => {
    const { results } = await runAttacks({ profile: sallyport(), target: breaksDown(status) });
    expect(results.filter(({ verdict }) => verdict === 'held').map(({ id, detail }) => `${id} ${detail}`)).toEqual([]);
  });
});
