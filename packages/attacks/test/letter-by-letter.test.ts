import { describe, expect, it } from 'vitest';
import { attacks, type Profile, type Target, tryAttack } from '../src/index.ts';
import { type Shop, shop, shopOrigin, shopProfile } from './fixture/letter-by-letter.ts';

const told = async (id: string, target: Target, profile: Profile = shopProfile): Promise<string> => {
  const attack = attacks.find((one) => one.id === id);
  if (attack === undefined) throw new Error(`no attack ${id}`);
  const { verdict, detail } = await tryAttack(attack, { profile, target: () => target });
  return `${verdict}: ${detail}`;
};

const inParameter = (token: string): string => `${shopOrigin}/go?token=${token}`;
const lower = (address: string): string => address.toLowerCase();

describe('a link is followed wherever its token is', () => {
  const places: readonly (readonly [string, Shop['link'], Partial<Profile>])[] = [
    ['in a parameter', inParameter, {}],
    ['in another parameter', (token) => `${shopOrigin}/go?t=${token}`, { tokenParameter: 't' }],
    ['in a path', (token) => `${shopOrigin}/go/${token}`, { tokenPaths: ['/go/{token}'] }],
    ['behind the hash', (token) => `${shopOrigin}/go#token=${token}`, {}],
  ];
  it.each(places)('%s', async (_where, link, more) => {
    const profile = { ...shopProfile, ...more };
    expect(await told('EMAIL-17', shop({ link }), profile)).toMatch(/^finding: .* is another account/);
    expect(await told('EMAIL-09', shop({ link, looksThenInserts: true }), profile)).toBe(
      'finding: 8 passwords open one address',
    );
  });

  it('and where it is nowhere to be found, nothing is said', async () => {
    const link = (token: string, address: string): string =>
      address === address.toUpperCase() ? `${shopOrigin}/welcome/${token}` : inParameter(token);
    expect(await told('EMAIL-17', shop({ link }))).toMatch(/^inconclusive: no mail to .* holds a link with `token=`/);
  });

  it('and a link that everybody gets needs no token', async () => {
    const one = { link: inParameter, registered: lower, signedIn: lower };
    expect(await told('EMAIL-17', shop({ ...one, notice: () => `${shopOrigin}/sign-in` }))).toMatch(/^held: /);
    const own = (address: string): string => `${shopOrigin}/join/${btoa(address)}`;
    expect(await told('EMAIL-17', shop({ ...one, notice: own }))).toMatch(/^inconclusive: no mail to .* holds a link/);
  });
});

describe('capital letters in an address', () => {
  it('are no finding of a sign-in that does as the registration does', async () => {
    const target = () => shop({ link: inParameter });
    expect(await told('EMAIL-14', target())).toMatch(/^not applicable: a registration tells capital letters apart/);
    expect(await told('RL-23', target())).toBe('not applicable: another spelling of the address does not sign in');
  });

  it('are one where the registration does not tell them apart', async () => {
    expect(await told('EMAIL-14', shop({ link: inParameter, registered: lower }))).toMatch(
      /^finding: a sign-in tells capital letters apart/,
    );
  });

  it('are tried as guesses where they sign in', async () => {
    const target = shop({ link: inParameter, registered: lower, signedIn: lower });
    expect(await told('RL-23', target)).toMatch(/^finding: 25 wrong passwords were judged/);
  });
});

it.each(['PWD-16', 'PWD-22'])('%s goes on after a password that is refused for its length', async (id) => {
  expect(await told(id, shop({ link: inParameter }))).toMatch(/^finding: `passwordpassword` can be set/);
});

describe('SES-46 reads whose an answer is', () => {
  it('at `has`', async () => {
    expect(await told('SES-46', shop({ link: inParameter }))).toBe('held: none of 24 is');
  });

  it('and finds answers that are mixed up', async () => {
    const good = shop({ link: inParameter });
    let last: Awaited<ReturnType<Target['send']>> | null = null;
    let asks = 0;
    const send: Target['send'] = async (request) => {
      const answer = await good.send(request);
      if (request.path !== '/me' || answer.status !== 200) return answer;
      asks += 1;
      const before = last;
      last = answer;
      return asks > 6 && before !== null ? before : answer;
    };
    expect(await told('SES-46', { ...good, send })).toMatch(/^finding: \d+ of 24 answers/);
  });

  it('and says nothing where all answers are alike', async () => {
    const session = { method: 'GET', path: '/me', ok: { has: 'user.role' } };
    const profile = { ...shopProfile, steps: { ...shopProfile.steps, session } };
    expect(await told('SES-46', shop({ link: inParameter }), profile)).toMatch(
      /^inconclusive: `session` does not tell/,
    );
  });
});
